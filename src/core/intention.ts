import { type Entity, fieldValue } from './entity.ts';
import { forceListChange } from './listChange.ts';
import type { FieldChange, ListChange, Operation, UpdateOperation } from './operation.ts';

/** What several operations of one entity, one after the other, come to. */
export interface Intention {
  /** The whole entity, where they create or restore it. */
  readonly image: Entity | undefined;
  /** The entity as it was seen when they deleted it. */
  readonly deleted: Entity | undefined;
  /** Scalar fields: the first value that was seen, and the last that was wanted. */
  readonly scalars: ReadonlyMap<string, FieldChange>;
  /** Set fields: the changes in order. */
  readonly lists: ReadonlyMap<string, readonly ListChange[]>;
}

interface Draft {
  image: Entity | undefined;
  deleted: Entity | undefined;
  readonly scalars: Map<string, FieldChange>;
  readonly lists: Map<string, ListChange[]>;
}

/** What the operations mean together, whatever stands in the way of them now. @param operations in journal order */
export function intentionOf(operations: readonly Operation[]): Intention {
  const draft: Draft = { image: undefined, deleted: undefined, scalars: new Map(), lists: new Map() };
  for (const operation of operations) add(draft, operation);
  return draft;
}

function add(draft: Draft, operation: Operation): void {
  switch (operation.kind) {
    case 'create':
      draft.image = operation.data;
      break;
    case 'restore':
      draft.image = operation.before;
      draft.deleted = undefined;
      break;
    case 'delete':
      draft.deleted = operation.before;
      break;
    case 'update':
      if (draft.image) draft.image = forceUpdate(draft.image, operation);
      else addUpdate(draft, operation);
  }
}

function addUpdate({ scalars, lists }: Draft, { set, sets }: UpdateOperation): void {
  for (const [field, change] of Object.entries(set)) {
    const { from } = scalars.get(field) ?? change;
    scalars.set(field, { from, to: change.to });
  }
  for (const [field, change] of Object.entries(sets)) lists.set(field, [...(lists.get(field) ?? []), change]);
}

function forceUpdate(image: Entity, { set, sets }: UpdateOperation): Entity {
  const values: Record<string, unknown> = {};
  for (const [field, { to }] of Object.entries(set)) values[field] = to;
  for (const [field, change] of Object.entries(sets)) values[field] = forcedList(image, field, [change]);
  return { ...image, ...values } as Entity;
}

/** The entity's set field with the changes made to it, over what others changed in the same elements. */
export function forcedList(entity: Entity, field: string, changes: readonly ListChange[]): readonly unknown[] {
  return changes.reduce(
    (list, change) => forceListChange(field, list, change),
    fieldValue(entity, field) as readonly unknown[],
  );
}

/** The fields that an operation writes, or all of them. */
export function writtenFields(operation: Operation): readonly string[] | 'all' {
  return operation.kind === 'update' ? [...Object.keys(operation.set), ...Object.keys(operation.sets)] : 'all';
}
