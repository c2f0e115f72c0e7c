import { labelOf } from './entity.ts';
import type { EntityKind } from './ids.ts';
import { intentionOf } from './intention.ts';
import { isDelivered, isReopening } from './lifecycle.ts';
import type { Operation } from './operation.ts';

/** What operations that were made together are to the person who made them, as facts that an edge puts into words. */
export interface Act {
  readonly verb: 'create' | 'delete' | 'restore' | 'complete' | 'reopen' | 'status' | 'edit';
  /** The entity that it was about. */
  readonly kind: EntityKind;
  readonly id: string;
  readonly name: string;
  /** The status that the entity was given, where it was given one. */
  readonly status: string | undefined;
  /** Which fields an edit changed. */
  readonly fields: readonly string[];
  /** Other entities that were changed along with it. */
  readonly others: number;
}

/** @param nameOf what an entity is called now; undefined where it is not there */
export function actOf(
  operations: readonly [Operation, ...Operation[]],
  nameOf: (kind: EntityKind, id: string) => string | undefined,
): Act {
  const main = mainOf(operations);
  const { entity: kind, id } = main;
  const others = new Set(operations.map((one) => one.id)).size - 1;
  const subject = { kind, id, others };
  if (main.kind === 'create') return { ...subject, verb: 'create', name: labelOf(main.data), ...nothing };
  if (main.kind !== 'update') return { ...subject, verb: main.kind, name: labelOf(main.before), ...nothing };
  const { scalars, lists } = intentionOf(operations.filter((one) => one.id === id));
  const name = nameOf(kind, id) ?? id;
  const step = scalars.get('status');
  if (!step) return { ...subject, verb: 'edit', name, status: undefined, fields: [...scalars.keys(), ...lists.keys()] };
  return {
    ...subject,
    verb: verbOf(kind, String(step.from), String(step.to)),
    name,
    status: String(step.to),
    fields: [],
  };
}

const nothing = { status: undefined, fields: [] };

/** Children are deleted before what they belong to, and made after it. */
function mainOf(operations: readonly [Operation, ...Operation[]]): Operation {
  return operations.findLast(({ kind }) => kind === 'delete') ?? operations[0];
}

function verbOf(kind: EntityKind, from: string, to: string): Act['verb'] {
  if (isDelivered(kind, to)) return 'complete';
  return isReopening(kind, from, to) ? 'reopen' : 'status';
}
