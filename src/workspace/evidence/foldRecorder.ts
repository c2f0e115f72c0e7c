import type { Entity } from '../../core/entity.ts';
import { type EvidenceEvent, operationEvent } from '../../core/evidence/event.ts';
import type { Outcome } from '../../core/evidence/record.ts';
import type { GateVerdict } from '../../core/gates/verdict.ts';
import { kindOfId } from '../../core/ids.ts';
import { jsonEqual } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import type { Change } from '../../core/ports.ts';
import type { JournalRecord } from '../journalRecord.ts';
import type { TrackerState } from '../trackerState.ts';
import type { Happening } from './happening.ts';

export interface FoldRecorderOptions {
  readonly now: () => string;
  readonly newName: () => string;
  readonly onHappening: (happening: Happening) => void;
}

/** What became of an operation, and the entity that it may have changed. */
interface Settled {
  readonly opId: string;
  readonly outcome: Outcome;
  /** For what the operation does not say where it is not known (any more). */
  readonly change?: Change;
}

/** Folds journal records one step at a time, and tells what each of them did to what the person sees. */
export class FoldRecorder {
  readonly #options: FoldRecorderOptions;
  /** Outcomes that were read before their operation, from another process's segment. */
  readonly #early = new Map<string, Outcome>();
  /** Entities that ended without ever having been on a server: no tombstone remembers them. */
  readonly gone = new Set<string>();

  constructor(options: FoldRecorderOptions) {
    this.#options = options;
  }

  /**
   * Folds one record.
   * @param isBulk a large pull: entities that were unknown here are counted instead of told one by one
   * @returns the ids whose visible form may have changed
   */
  fold(state: TrackerState, record: JournalRecord, isBulk = false): readonly string[] {
    if (record.type === 'remote') return this.#foldRemote(state, record, isBulk);
    const touched = record.type === 'group' ? record.operations.length : 1;
    return stepsOf(record).flatMap((step) => this.#foldStep(state, step, touched));
  }

  /** Tells of everything unsettled in a state of which no ledger knows. @param told operations that were told already */
  tellUnsettled(state: TrackerState, told: ReadonlySet<string> = new Set()): void {
    for (const { operation, parking } of state.parked) {
      if (told.has(operation.opId)) continue;
      const seen = seenIn(state, operation.id);
      this.#tell(state, operation, 'intent', seen, seen);
      this.#tell(state, operation, parking.state, seen, seen);
    }
    for (const { operation, before, after } of state.pendingSteps()) {
      if (!told.has(operation.opId)) this.#tell(state, operation, 'intent', before, after);
    }
  }

  /**
   * Tells what differs between two states, of which one takes the place of the other.
   * @param made operations that led to the new one without having been in a journal
   */
  tellReplaced(old: TrackerState, state: TrackerState, made: readonly Operation[]): void {
    const stopped = new Map([...state.parked].map(({ operation, parking }) => [operation.opId, parking.state]));
    for (const operation of made) {
      const seen = seenIn(old, operation.id);
      this.#tell(state, operation, 'intent', seen, seen);
    }
    const known = new Set(old.queue().map(({ operation }) => operation.opId));
    const ids = new Set([...idsOf(old), ...idsOf(state)]);
    for (const id of ids) this.#tellFound(state, id, seenIn(old, id), seenIn(state, id));
    for (const operation of made) {
      const seen = seenIn(state, operation.id);
      this.#tell(state, operation, stopped.get(operation.opId) ?? 'acknowledged', seen, seen);
      known.add(operation.opId);
    }
    for (const { operation, parking } of state.parked) {
      const seen = seenIn(state, operation.id);
      if (!known.has(operation.opId)) this.#tell(state, operation, parking.state, seen, seen);
    }
  }

  #foldStep(state: TrackerState, step: JournalRecord, touched: number): readonly string[] {
    switch (step.type) {
      case 'operation':
        return this.#foldOperation(state, step, touched);
      case 'group':
        return this.#foldOutcome(state, step, { opId: step.replaced?.[0] ?? '', outcome: 'resolved' });
      case 'dropped':
        return this.#foldOutcome(state, step, { opId: step.opIds[0] ?? '', outcome: 'dropped' });
      case 'parked':
        return this.#foldOutcome(state, step, { opId: step.opId, outcome: step.parking.state });
      case 'acknowledged':
        return this.#foldOutcome(state, step, { opId: step.opId, outcome: 'acknowledged', change: step.change });
      default:
        return state.fold(step);
    }
  }

  #foldOperation(
    state: TrackerState,
    step: Extract<JournalRecord, { type: 'operation' }>,
    touched: number,
  ): readonly string[] {
    const { operation } = step;
    if (state.unsettled(operation.opId)) return state.fold(step);
    const before = seenIn(state, operation.id);
    const ids = state.fold(step);
    const after = seenIn(state, operation.id);
    this.#tell(state, operation, 'intent', before, after, touched);
    const early = this.#early.get(operation.opId);
    this.#early.delete(operation.opId);
    if (early) this.#tell(state, operation, early, after, after);
    return ids;
  }

  #foldOutcome(state: TrackerState, step: JournalRecord, { opId, outcome, change }: Settled): readonly string[] {
    const operation = state.unsettled(opId);
    const id = operation?.id ?? change?.id;
    const before = id === undefined ? null : seenIn(state, id);
    const ids = state.fold(step);
    const after = id === undefined ? null : seenIn(state, id);
    if (operation) this.#tell(state, operation, outcome, before, after);
    else {
      this.#early.set(opId, outcome);
      if (change && before !== after) this.#tellRemote(state, change, before, after);
    }
    return ids;
  }

  #foldRemote(
    state: TrackerState,
    record: Extract<JournalRecord, { type: 'remote' }>,
    isBulk: boolean,
  ): readonly string[] {
    let newcomers = 0;
    const ids = record.changes.flatMap((change) => {
      const isNewer = change.version > state.baseVersion(change.id);
      const before = seenIn(state, change.id);
      const isKnown = before !== null || state.baseVersion(change.id) > 0 || this.gone.has(change.id);
      const changed = state.fold({ ...record, changes: [change] });
      const after = seenIn(state, change.id);
      if (isBulk && !isKnown && state.unsettledOf(change.id) === 0) newcomers++;
      else if (isNewer || before !== after) this.#tellRemote(state, change, before, after);
      return changed;
    });
    if (record.changes.length === 0) state.fold(record);
    if (newcomers > 0) this.#tellNewcomers(newcomers);
    return ids;
  }

  #tell(
    state: TrackerState,
    operation: Operation,
    outcome: Outcome,
    before: Entity | null,
    after: Entity | null,
    touched = 1,
  ): void {
    const at = this.#options.now();
    const circumstances = {
      correlationId: operation.groupId ?? operation.opId,
      outcome,
      at,
      durationMs: Math.max(0, Date.parse(at) - Date.parse(operation.at)),
      before,
      after,
      touched,
      gates: outcome === 'intent' ? gatesOf(operation) : [],
    };
    this.#put(state, operationEvent(operation, circumstances));
  }

  #tellRemote(state: TrackerState, change: Change, before: Entity | null, after: Entity | null): void {
    this.#put(state, {
      ...this.#fact(`remote:${change.id}@${change.version}`),
      actor: change.data?.updatedBy ?? '',
      entity: change.entity,
      id: change.id,
      before,
      after,
    });
  }

  /** What is seen is another than before, and no journal says why. */
  #tellFound(state: TrackerState, id: string, before: Entity | null, after: Entity | null): void {
    const entity = kindOfId(id);
    if (!entity || jsonEqual(before, after)) return;
    const named = this.#fact(`restored:${this.#options.newName()}`);
    const command = 'the server was restored from a backup';
    this.#put(state, { ...named, actor: after?.updatedBy ?? '', entity, id, before, after, command });
  }

  #tellNewcomers(count: number): void {
    this.#options.onHappening({
      event: {
        ...this.#fact(`pull:${this.#options.newName()}`),
        actor: '',
        entity: 'workspace',
        id: 'workspace',
        before: null,
        after: null,
        touched: count,
        command: `first read from the server: ${count} entries that were unknown here`,
      },
    });
  }

  #fact(opId: string) {
    return {
      opId,
      correlationId: 'pull',
      surface: 'server',
      action: 'remote',
      outcome: 'recorded',
      at: this.#options.now(),
      durationMs: 0,
    } as const;
  }

  #put(state: TrackerState, event: EvidenceEvent): void {
    const entity = event.after ?? event.before;
    const sprintId = entity && 'sprintId' in entity ? entity.sprintId : null;
    const sprint = sprintId === null ? undefined : state.visible.get('sprint', sprintId);
    if (event.after === null && state.baseVersion(event.id) === 0) this.gone.add(event.id);
    else this.gone.delete(event.id);
    this.#options.onHappening({ event, sprint });
  }
}

/** One step for each operation and each outcome: what the person sees between them counts, too. */
function stepsOf(record: JournalRecord): JournalRecord[] {
  if (record.type === 'dropped') return record.opIds.map((opId) => ({ ...record, opIds: [opId] }));
  if (record.type !== 'group') return [record];
  const { lamport, operations, replaced = [] } = record;
  return [
    ...replaced.map((opId) => ({ ...record, operations: [], replaced: [opId] })),
    ...operations.map((operation) => ({ type: 'operation', lamport, operation }) as const),
  ];
}

/** Taking back may return a status along a step that the lifecycle does not have: that is a decision, and named. */
function gatesOf({ undoes }: Operation): readonly GateVerdict[] {
  if (undoes === undefined) return [];
  const sentence = 'the status goes back to where it came from';
  return [{ gate: 'lifecycle', result: 'warn', sentence, override: `takes back ${undoes}` }];
}

function seenIn({ visible }: TrackerState, id: string): Entity | null {
  const kind = kindOfId(id);
  return (kind && visible.get(kind, id)) ?? null;
}

function* idsOf({ visible }: TrackerState): Generator<string> {
  for (const kind of ['project', 'sprint', 'task'] as const) for (const { id } of visible.all(kind)) yield id;
}
