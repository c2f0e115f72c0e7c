import type { Entity } from '../core/entity.ts';
import { writtenFields } from '../core/intention.ts';
import type { Operation } from '../core/operation.ts';
import { rebaseEntity } from '../core/rebase.ts';
import type { ChangedEntity, StoppedChange } from '../core/stoppedChange.ts';
import { waitingFor } from './dependents.ts';
import type { Parking } from './journalRecord.ts';

/** What stands aside, what waits, and what there is, at one moment. */
export interface Unsettled {
  readonly parked: readonly { readonly operation: Operation; readonly parking: Parking }[];
  /** In journal order. */
  readonly pending: readonly Operation[];
  readonly base: (id: string) => Entity | null;
  readonly lastSeen: ReadonlyMap<string, Entity>;
}

/**
 * Gathers what a person decides together: what was refused of one entity, the later edits of the same fields, and the
 * rest of their groups. The oldest comes first, no operation twice.
 */
export function stoppedChanges(unsettled: Unsettled): StoppedChange[] {
  const taken = new Set<Operation>();
  const changes: StoppedChange[] = [];
  for (const { operation, parking } of unsettled.parked) {
    if (taken.has(operation)) continue;
    const change = gather(unsettled, operation, parking);
    for (const one of [change, ...change.companions].flatMap(({ operations }) => operations)) taken.add(one);
    changes.push(change);
  }
  return changes;
}

function gather(unsettled: Unsettled, refused: Operation, parking: Parking): StoppedChange {
  const all = [...unsettled.parked.map(({ operation }) => operation), ...unsettled.pending];
  const together = closure(refused, all);
  const ids = new Set([...together].map(({ id }) => id));
  ids.delete(refused.id);
  const of = (id: string) =>
    changedEntity(
      unsettled,
      id,
      [...together].filter((one) => one.id === id),
    );
  const rest = unsettled.pending.filter((operation) => !together.has(operation));
  return {
    ...of(refused.id),
    opId: refused.opId,
    state: parking.state,
    problem: parking.problem,
    companions: [...ids].map(of),
    waiting: waitingFor(refused.id, rest),
  };
}

/** Later edits of what was refused follow from it, and groups are settled as a whole. */
function closure(refused: Operation, all: readonly Operation[]): ReadonlySet<Operation> {
  const chosen = new Set([refused]);
  for (let before = -1; before < chosen.size; ) {
    before = chosen.size;
    for (const operation of all) if ([...chosen].some((one) => belongs(one, operation))) chosen.add(operation);
  }
  return new Set(all.filter((operation) => chosen.has(operation)));
}

function belongs(one: Operation, other: Operation): boolean {
  if (one.groupId !== undefined && one.groupId === other.groupId) return true;
  return one.id === other.id && overlap(writtenFields(one), writtenFields(other));
}

function overlap(a: readonly string[] | 'all', b: readonly string[] | 'all'): boolean {
  return a === 'all' || b === 'all' || a.some((field) => b.includes(field));
}

function changedEntity(unsettled: Unsettled, id: string, operations: readonly Operation[]): ChangedEntity {
  const others = unsettled.pending.filter((one) => one.id === id && !operations.includes(one));
  const { entity = 'task' } = operations[0] ?? {};
  return {
    entity,
    id,
    operations,
    current: rebaseEntity(unsettled.base(id), others).entity,
    lastSeen: unsettled.lastSeen.get(id),
  };
}
