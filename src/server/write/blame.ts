import type { Entity } from '../../core/entity.ts';
import type { DtmError } from '../../core/errors.ts';
import type { Operation } from '../../core/operation.ts';
import { fieldOfWireName } from '../../core/wire.ts';
import type { Transaction } from '../store/store.ts';
import type { Outcome } from './outcome.ts';

/**
 * Sorts out whose fault it is that an entity would no longer hold together. Caused by what others changed meanwhile (a
 * reference that was deleted, a field that this operation does not touch): a conflict, which a person settles.
 * Otherwise the operation itself is wrong: rejected.
 */
export async function blame(
  tx: Transaction,
  operation: Operation,
  problem: DtmError,
  current: Entity | null,
): Promise<Outcome> {
  const atFault = problem.fields.map((field) => fieldOfWireName(operation.entity, field.path) ?? field.path);
  if ((await isDeletedReference(tx, problem)) || isAboutOtherFields(operation, atFault)) {
    return { outcome: 'conflict', fields: atFault, current, problem };
  }
  return { outcome: 'rejected', problem };
}

async function isDeletedReference(tx: Transaction, problem: DtmError): Promise<boolean> {
  const { code, id } = problem.details;
  return code === 'unknown-reference' && typeof id === 'string' && (await tx.tombstones.find(id)) !== null;
}

function isAboutOtherFields(operation: Operation, atFault: readonly string[]): boolean {
  if (operation.kind !== 'update' || atFault.length === 0) return false;
  return !atFault.some((field) => Object.hasOwn(operation.set, field) || Object.hasOwn(operation.sets, field));
}
