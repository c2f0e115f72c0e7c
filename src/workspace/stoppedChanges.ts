import type { Entity } from '../core/entity.ts';
import { writtenFields } from '../core/intention.ts';
import type { Operation } from '../core/operation.ts';
import { prerequisites, rebaseEntity } from '../core/rebase.ts';
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
  const relatives = new Relatives(unsettled);
  const taken = new Set<Operation>();
  const changes: StoppedChange[] = [];
  for (const { operation, parking } of unsettled.parked) {
    if (taken.has(operation)) continue;
    const change = gather(unsettled, relatives, operation, parking);
    for (const one of [change, ...change.companions].flatMap(({ operations }) => operations)) taken.add(one);
    changes.push(change);
  }
  return changes;
}

function gather(unsettled: Unsettled, relatives: Relatives, refused: Operation, parking: Parking): StoppedChange {
  const together = relatives.decidedWith(refused);
  const ids = new Set(together.map(({ id }) => id));
  ids.delete(refused.id);
  const of = (id: string): ChangedEntity => {
    const operations = together.filter((one) => one.id === id);
    const others = relatives.pendingOf(id).filter((one) => !operations.includes(one));
    const current = rebaseEntity(unsettled.base(id), others).entity;
    return { entity: operations[0]?.entity ?? 'task', id, operations, current, lastSeen: unsettled.lastSeen.get(id) };
  };
  return {
    ...of(refused.id),
    opId: refused.opId,
    state: parking.state,
    problem: parking.problem,
    companions: [...ids].map(of),
    waiting: relatives.waitingFor(refused.id, new Set(together)),
  };
}

/** Finds what belongs together among many operations without looking at all of them each time. */
class Relatives {
  readonly #pending: readonly Operation[];
  readonly #places = new Map<Operation, number>();
  readonly #byId = new Map<string, Operation[]>();
  readonly #byGroup = new Map<string, Operation[]>();
  readonly #pendingById = new Map<string, Operation[]>();
  /** Pending operations by what has to exist before them. */
  readonly #pendingOn = new Map<string, Operation[]>();

  constructor({ parked, pending }: Unsettled) {
    this.#pending = pending;
    for (const operation of [...parked.map((one) => one.operation), ...pending]) {
      this.#places.set(operation, this.#places.size);
      put(this.#byId, operation.id, operation);
      if (operation.groupId !== undefined) put(this.#byGroup, operation.groupId, operation);
    }
    for (const operation of pending) {
      put(this.#pendingById, operation.id, operation);
      for (const id of new Set([operation.id, ...prerequisites(operation)])) put(this.#pendingOn, id, operation);
    }
  }

  pendingOf(id: string): readonly Operation[] {
    return this.#pendingById.get(id) ?? [];
  }

  /** Later edits of what was refused follow from it, and groups are settled as a whole. @returns in journal order */
  decidedWith(refused: Operation): Operation[] {
    const chosen = new Set([refused]);
    // What is added while this runs is looked at, too.
    for (const one of chosen) for (const other of this.#directlyWith(one)) chosen.add(other);
    return [...chosen].sort((a, b) => this.#placeOf(a) - this.#placeOf(b));
  }

  waitingFor(id: string, decided: ReadonlySet<Operation>): readonly Operation[] {
    const first = (this.#pendingOn.get(id) ?? []).some((operation) => !decided.has(operation));
    const rest = () => this.#pending.filter((operation) => !decided.has(operation));
    return first ? waitingFor(id, rest()) : [];
  }

  #directlyWith(one: Operation): readonly Operation[] {
    const group = one.groupId === undefined ? [] : (this.#byGroup.get(one.groupId) ?? []);
    const fields = writtenFields(one);
    const edits = (this.#byId.get(one.id) ?? []).filter((other) => overlap(fields, writtenFields(other)));
    return [...group, ...edits];
  }

  #placeOf(operation: Operation): number {
    return this.#places.get(operation) ?? 0;
  }
}

function put(map: Map<string, Operation[]>, key: string, operation: Operation): void {
  const known = map.get(key);
  if (known) known.push(operation);
  else map.set(key, [operation]);
}

function overlap(a: readonly string[] | 'all', b: readonly string[] | 'all'): boolean {
  return a === 'all' || b === 'all' || a.some((field) => b.includes(field));
}
