import { type Author, header } from './expand.ts';
import type { FieldChange, ListChange, Operation, UpdateOperation } from './operation.ts';

/**
 * The operations that take others back, as one group: the last one first, each with `from` and `to`, `add` and `remove`
 * changed over. By compare and set they only apply where the values still are those that the change left. What they
 * leave out is what nobody writes: a task that was started keeps the moment of that, one that is done again gets a new
 * one; criteria that were removed come back at the end of their list.
 */
export function inverseOperations(author: Author, operations: readonly Operation[]): Operation[] {
  const groupId = operations.length > 1 ? author.newId() : undefined;
  return operations.toReversed().map((operation) => inverseOf(author, operation, groupId));
}

function inverseOf(author: Author, operation: Operation, groupId: string | undefined): Operation {
  const common = { ...header(author, operation.entity, operation.id, groupId), undoes: operation.opId };
  switch (operation.kind) {
    case 'create':
      return { ...common, kind: 'delete', before: operation.data };
    case 'restore':
      return { ...common, kind: 'delete', before: operation.before };
    case 'delete':
      return { ...common, kind: 'restore', before: operation.before };
    case 'update':
      return { ...common, kind: 'update', ...changedOver(operation) };
  }
}

function changedOver({ set, sets }: UpdateOperation): Pick<UpdateOperation, 'set' | 'sets'> {
  const scalar = ({ from, to }: FieldChange): FieldChange => ({ from: to, to: from });
  const list = ({ add, remove }: ListChange): ListChange => ({ add: remove, remove: add });
  return { set: mapped(set, scalar), sets: mapped(sets, list) };
}

function mapped<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([field, value]) => [field, change(value)]));
}
