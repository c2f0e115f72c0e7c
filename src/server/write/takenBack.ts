import type { Operation } from '../../core/operation.ts';
import type { Transaction } from '../store/store.ts';

/**
 * The operation as far as it may be believed. That it takes another one back counts only if that one really led this
 * entity's status the other way: otherwise saying so would be a way around the lifecycle.
 */
export async function believed(tx: Transaction, operation: Operation): Promise<Operation> {
  if (operation.undoes === undefined) return operation;
  const { undoes, ...plain } = operation;
  const step = operation.kind === 'update' ? operation.set.status : undefined;
  if (!step) return plain;
  const made = (await tx.audit.find(operation.id, undoes))?.fields.status;
  return made && made.from === step.to && made.to === step.from ? operation : plain;
}
