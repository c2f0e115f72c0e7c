import { type Entity, kindOf } from '../core/entity.ts';
import type { Operation } from '../core/operation.ts';
import type { BaseView, Change, QueuedOperation, Settlement, VisibleState } from '../core/ports.ts';
import { rebaseEntity } from '../core/rebase.ts';
import type { StoppedChange } from '../core/stoppedChange.ts';
import { pushable, withDependents } from './dependents.ts';
import { EntityTable } from './entityTable.ts';
import type { JournalRecord, Parking } from './journalRecord.ts';
import { type PendingOperation, PendingQueue } from './pendingQueue.ts';
import { stoppedChanges } from './stoppedChanges.ts';

/**
 * The tracker in memory: folds journal records, in whatever order processes' segments are read, into base and pending
 * operations, and keeps **base + pending = visible** true for every entity that a record touches.
 */
export class TrackerState {
  readonly #visible = new EntityTable();
  /** The base of entities that pending operations cover; every other entity's base is what is visible. */
  readonly #covered = new Map<string, Entity | null>();
  readonly #tombstones = new Map<string, number>();
  /** Deleted entities as they were: what was edited here meanwhile can be brought back. */
  readonly #lastSeen = new Map<string, Entity>();
  readonly #pending = new PendingQueue();
  readonly #parked = new Map<string, { readonly operation: Operation; readonly parking: Parking }>();
  /** Why operations stand aside whose own line was not read yet. */
  readonly #parkedUnread = new Map<string, Parking>();
  readonly #settled = new Map<string, Settlement>();
  #cursor: string | null = null;
  #epoch: number | undefined;
  #lamport = 0;

  get visible(): VisibleState {
    return this.#visible;
  }
  get cursor(): string | null {
    return this.#cursor;
  }
  /** The epoch of the server's data that base and cursor belong to; undefined before anything was pulled. */
  get epoch(): number | undefined {
    return this.#epoch;
  }
  get lamport(): number {
    return this.#lamport;
  }
  get pending(): readonly PendingOperation[] {
    return this.#pending.inOrder();
  }
  get tombstones(): ReadonlyMap<string, number> {
    return this.#tombstones;
  }

  /** The next place in the journal order. */
  nextLamport(): number {
    return this.#lamport + 1;
  }

  /** The entity as the server (or the local base) has it. */
  base(id: string): Entity | null {
    const covered = this.#covered.get(id);
    return covered !== undefined ? covered : (this.#visible.find(id) ?? null);
  }

  /** The version of the base, a tombstone's included; 0 if it never existed. */
  baseVersion(id: string): number {
    return Math.max(this.base(id)?.version ?? 0, this.#tombstones.get(id) ?? 0);
  }

  /** Whether it exists, existed, or is about to: a deleted entity is known, too. */
  isKnown(id: string): boolean {
    if (this.baseVersion(id) > 0 || this.#pending.of(id).length > 0) return true;
    return [...this.#parked.values()].some((one) => one.operation.id === id);
  }

  /** Every entity of the base. */
  *baseEntities(): Generator<Entity> {
    for (const kind of ['project', 'sprint', 'task'] as const) {
      for (const entity of this.#visible.all(kind)) if (!this.#covered.has(entity.id)) yield entity;
    }
    for (const entity of this.#covered.values()) if (entity) yield entity;
  }

  /** The base for a back end that has to be compared with it. */
  get baseView(): BaseView {
    return {
      get: (id) => this.base(id),
      version: (id) => this.baseVersion(id),
      all: (kind) => [...this.baseEntities()].filter((entity) => kindOf(entity) === kind),
    };
  }

  /** What became of an operation. One that is in no queue any more was acknowledged: the base image has its effect. */
  settlementOf(opId: string): Settlement {
    const known = this.#settled.get(opId);
    if (known) return known;
    const parked = this.#parked.get(opId);
    if (parked) return settlementOf(parked.parking);
    return this.#pending.has(opId) ? { outcome: 'queued' } : { outcome: 'acknowledged', entity: null };
  }

  /** An operation that is pending or stands aside. */
  unsettled(opId: string): Operation | undefined {
    return this.#pending.get(opId) ?? this.#parked.get(opId)?.operation;
  }

  /** How many operations of an entity are pending. */
  unsettledOf(id: string): number {
    return this.#pending.of(id).length;
  }

  /** What each pending operation does to what is seen, in journal order. */
  *pendingSteps(): Generator<{
    readonly operation: Operation;
    readonly before: Entity | null;
    readonly after: Entity | null;
  }> {
    for (const { operation } of this.pending) {
      const all = this.#pending.of(operation.id);
      const place = all.indexOf(operation);
      const seen = (count: number) => rebaseEntity(this.base(operation.id), all.slice(0, count)).entity;
      yield { operation, before: seen(place), after: seen(place + 1) };
    }
  }

  /** Everything unsettled: pending in order, then what stands aside. */
  queue(): QueuedOperation[] {
    const conflicting = new Set([...this.#covered.keys()].flatMap((id) => this.#conflictsOf(id)));
    const pending = this.pending.map(({ operation }) => ({
      operation,
      state: conflicting.has(operation.opId) ? ('conflict' as const) : ('pending' as const),
    }));
    const parked = [...this.#parked.values()].map(({ operation, parking }) => ({ operation, ...parking }));
    return [...pending, ...parked];
  }

  counts(): { readonly pending: number; readonly conflicts: number; readonly rejected: number } {
    const parked = [...this.#parked.values()];
    const conflicts = parked.filter((one) => one.parking.state === 'conflict').length;
    return { pending: this.#pending.size, conflicts, rejected: parked.length - conflicts };
  }

  /** Pending operations that may be pushed now: not those that wait for something that stands aside. @param most of them */
  pushable(most?: number): Operation[] {
    return pushable(
      [...this.#parked.values()].map((one) => one.operation),
      this.pending.map((one) => one.operation),
      most,
    );
  }

  /** These operations and every unsettled one that depends on them or belongs to their group, in journal order. */
  withDependents(opIds: readonly string[]): Operation[] {
    const parked = [...this.#parked.values()].map((one) => one.operation);
    return withDependents([...parked, ...this.pending.map((one) => one.operation)], opIds);
  }

  /** Folds one record. @returns the ids whose visible form may have changed */
  fold(record: JournalRecord): readonly string[] {
    switch (record.type) {
      case 'operation':
        return this.#addPending(record);
      case 'group':
        return [
          ...(record.replaced ?? []).flatMap((opId) => this.#settle(opId, { outcome: 'rejected', problem: replaced })),
          ...record.operations.flatMap((operation) => this.#addPending({ lamport: record.lamport, operation })),
        ];
      case 'acknowledged':
        return this.#acknowledge(record.opId, record.change);
      case 'parked':
        return this.#park(record.opId, record.parking);
      case 'dropped':
        return record.opIds.flatMap((opId) => this.#settle(opId, { outcome: 'rejected', problem: dropped }));
      case 'remote':
        this.#epoch = record.epoch ?? this.#epoch;
        return this.#foldRemote(record.changes, record.cursor);
      default:
        return [];
    }
  }

  /** Takes an entity of the base image as it is. */
  load(entity: Entity): void {
    this.#visible.put(entity);
  }
  loadTombstone(id: string, version: number): void {
    this.#tombstones.set(id, version);
  }
  loadCursor(cursor: string | null, lamport: number): void {
    this.#cursor = cursor;
    this.#lamport = Math.max(this.#lamport, lamport);
  }
  loadEpoch(epoch: number | undefined): void {
    this.#epoch = epoch;
  }
  loadParked(operation: Operation, parking: Parking): void {
    this.#parked.set(operation.opId, { operation, parking });
  }
  get parked(): Iterable<{ readonly operation: Operation; readonly parking: Parking }> {
    return this.#parked.values();
  }

  loadLastSeen(entity: Entity): void {
    this.#lastSeen.set(entity.id, entity);
  }
  /** Deleted entities that unsettled operations are about, as they were last seen here. */
  get lastSeen(): ReadonlyMap<string, Entity> {
    const unsettled = new Set([...this.#parked.values(), ...this.pending].map(({ operation }) => operation.id));
    return new Map([...this.#lastSeen].filter(([id]) => unsettled.has(id)));
  }

  /** What the server did not take, as a person decides about it. */
  stopped(): StoppedChange[] {
    const { parked, pending, lastSeen } = this;
    return stoppedChanges({
      parked: [...parked],
      pending: pending.map(({ operation }) => operation),
      base: (id) => this.base(id),
      lastSeen,
    });
  }

  /** Forgets old outcomes: only a late-read operation line or a waiting command asks for them. */
  forgetSettled(keep: number): void {
    const { lastSeen } = this;
    for (const id of [...this.#lastSeen.keys()]) if (!lastSeen.has(id)) this.#lastSeen.delete(id);
    for (const opId of this.#settled.keys()) {
      if (this.#settled.size <= keep) return;
      this.#settled.delete(opId);
    }
  }

  #addPending(record: PendingOperation): readonly string[] {
    this.#lamport = Math.max(this.#lamport, record.lamport);
    const { opId, id } = record.operation;
    // Its outcome may have been read first, from another process's segment.
    const parking = this.#parkedUnread.get(opId);
    if (parking) this.#parked.set(opId, { operation: record.operation, parking });
    this.#parkedUnread.delete(opId);
    if (this.#settled.has(opId)) return [];
    this.#pending.add({ lamport: record.lamport, operation: record.operation });
    if (!this.#covered.has(id)) this.#covered.set(id, this.#visible.find(id) ?? null);
    return this.#recompute(id);
  }

  #acknowledge(opId: string, change: Change): readonly string[] {
    const ids = this.#settle(opId, { outcome: 'acknowledged', entity: change.data });
    return [...new Set([...ids, ...this.#putBase(change)])];
  }

  #park(opId: string, parking: Parking): readonly string[] {
    const operation = this.#pending.get(opId);
    if (operation) this.#parked.set(opId, { operation, parking });
    else if (!this.#settled.has(opId)) this.#parkedUnread.set(opId, parking);
    return this.#settle(opId, settlementOf(parking), true);
  }

  /** Takes an operation out of the queue, now that its outcome is known. */
  #settle(opId: string, settlement: Settlement, keepParked = false): readonly string[] {
    this.#settled.set(opId, settlement);
    const parked = this.#parked.get(opId);
    if (parked && !keepParked) this.#parked.delete(opId);
    if (!keepParked) this.#parkedUnread.delete(opId);
    const operation = this.#pending.remove(opId);
    return operation ? this.#recompute(operation.id) : [];
  }

  #foldRemote(changes: readonly Change[], cursor: string): readonly string[] {
    this.#cursor = cursor;
    return changes.flatMap((change) => this.#putBase(change));
  }

  /** A newer version replaces the base; an older one, read late, is history. */
  #putBase(change: Change): readonly string[] {
    if (change.version <= this.baseVersion(change.id)) return [];
    if (change.data) this.#tombstones.delete(change.id);
    else this.#bury(change);
    if (this.#covered.has(change.id)) this.#covered.set(change.id, change.data);
    else if (change.data) this.#visible.put(change.data);
    else this.#visible.remove(change.id);
    return this.#covered.has(change.id) ? this.#recompute(change.id) : [change.id];
  }

  #bury({ id, version }: Change): void {
    const known = this.base(id);
    if (known) this.#lastSeen.set(id, known);
    this.#tombstones.set(id, version);
  }

  /** Restores the invariant for one entity. */
  #recompute(id: string): readonly string[] {
    const base = this.#covered.get(id) ?? null;
    const pending = this.#pending.of(id);
    const entity = pending.length === 0 ? base : rebaseEntity(base, pending).entity;
    if (pending.length === 0) this.#covered.delete(id);
    if (entity) this.#visible.put(entity);
    else this.#visible.remove(id);
    return [id];
  }

  #conflictsOf(id: string): string[] {
    const { conflicts } = rebaseEntity(this.#covered.get(id) ?? null, this.#pending.of(id));
    return conflicts.map((operation) => operation.opId);
  }
}

const dropped = { code: 'dropped', message: 'the change was dropped' };
const replaced = { code: 'replaced', message: 'another change stands for it' };

function settlementOf(parking: Parking): Settlement {
  if (parking.state === 'rejected') return { outcome: 'rejected', problem: parking.problem ?? dropped };
  const problem = parking.problem === undefined ? {} : { problem: parking.problem };
  return { outcome: 'conflict', fields: parking.fields ?? [], ...problem };
}
