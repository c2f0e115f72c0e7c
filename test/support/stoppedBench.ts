import { monotonicFactory } from 'ulid';
import type { Entity } from '../../src/core/entity.ts';
import { isDtmError } from '../../src/core/errors.ts';
import {
  type Author,
  createOperation,
  deleteOperations,
  statusOperations,
  updateOperation,
} from '../../src/core/expand.ts';
import { isEmptyUpdate, type Operation, unitsOf } from '../../src/core/operation.ts';
import { type Resolution, resolutionOperations } from '../../src/core/resolution.ts';
import type { StoppedChange } from '../../src/core/stoppedChange.ts';
import { commitRecords } from '../../src/workspace/commitRecords.ts';
import { decodeRecord, encodeRecord, type JournalRecord } from '../../src/workspace/journalRecord.ts';
import { LocalBackend } from '../../src/workspace/localBackend.ts';
import { recordOf } from '../../src/workspace/pushResults.ts';
import { TrackerState } from '../../src/workspace/trackerState.ts';
import type { Edit } from './replicas.ts';

const newId = monotonicFactory();
const nothing = { sprints: [], tasks: [] };

/** The data that trackers share, applied as the local back end applies them. */
export class SharedData {
  readonly state = new TrackerState();
  readonly backend = new LocalBackend(() => this.state);
}

/** A tracker without a disk: its state, made of the journal records that it would have written. */
export class Client {
  readonly records: JournalRecord[] = [];
  state = new TrackerState();
  readonly author: Author;
  readonly #data: SharedData;

  constructor(data: SharedData, account: string) {
    this.#data = data;
    this.author = { account, surface: 'cli', now: () => new Date().toISOString(), newId };
  }

  put(record: JournalRecord): void {
    const read = decodeRecord(encodeRecord(record).slice(0, -1)) as JournalRecord;
    this.records.push(read);
    this.state.fold(read);
  }

  commit(operations: readonly Operation[]): void {
    const effective = operations.filter((operation) => !isEmptyUpdate(operation));
    for (const record of commitRecords(effective, this.state.nextLamport())) this.put(record);
  }

  see(id: string): Entity | undefined {
    return this.state.visible.get('task', id);
  }

  /** Does what the rules allow the person now; nothing where they do not. */
  edit({ id, change }: Edit): void {
    const seen = this.see(id);
    if (!seen && (change === 'delete' || this.state.isKnown(id))) return;
    try {
      if (!seen)
        this.commit([
          createOperation(this.author, 'task', id, { projectId: 'P-1', title: 'new', ...(change as object) }),
        ]);
      else if (change === 'delete') this.commit(deleteOperations(this.author, 'task', seen, nothing, false));
      else if (change.status) this.commit(statusOperations(this.author, 'task', seen, String(change.status)));
      else this.commit([updateOperation(this.author, 'task', seen, change)]);
    } catch (error) {
      if (!isDtmError(error, 'illegal-transition')) throw error;
    }
  }

  /** Pull, push, pull; one unit after the other, so that what waits for a refused one is not sent. */
  async sync(): Promise<void> {
    this.#pull();
    for (let unit = this.#nextUnit(); unit; unit = this.#nextUnit()) {
      const results = await this.#data.backend.push(unit);
      const records = results.flatMap((result, index) => recordOf(unit?.[index], result));
      for (const record of records) {
        if (record.type === 'acknowledged') this.#data.state.fold(record);
        this.put(record);
      }
    }
    this.#pull();
  }

  /** Decides; what the rules forbid is given up. @returns whether the decision could be carried out */
  resolve(change: StoppedChange, resolution: Resolution): boolean {
    try {
      this.replace(
        change,
        resolutionOperations(this.author, change, resolution, () => nothing),
      );
      return true;
    } catch (error) {
      if (!isDtmError(error)) throw error;
      this.replace(change, []);
      return false;
    }
  }

  replace(change: StoppedChange, operations: readonly Operation[]): void {
    const again = new Set(operations.map(({ replaces }) => replaces));
    const own = [change, ...change.companions].flatMap((one) => one.operations);
    const replaced = [...own, ...change.waiting.filter(({ opId }) => again.has(opId))].map(({ opId }) => opId);
    if (operations.length === 0) this.put({ type: 'dropped', opIds: replaced });
    else this.put({ type: 'group', lamport: this.state.nextLamport(), operations, replaced });
  }

  #nextUnit(): Operation[] | undefined {
    return unitsOf(this.state.pushable())[0];
  }

  #pull(): void {
    const there = this.#data.state;
    const entities = [...there.baseEntities()].map((data) => ({ id: data.id, version: data.version, data }));
    const deleted = [...there.tombstones].map(([id, version]) => ({ id, version, data: null }));
    const changes = [...entities, ...deleted].filter(({ id, version }) => version > this.state.baseVersion(id));
    const news = changes.map((change) => ({ ...change, entity: 'task' as const, opId: null }));
    if (news.length > 0) this.put({ type: 'remote', changes: news, cursor: newId() });
  }
}

/** What the tracker knows of the shared data, in order. */
export function baseOf(state: TrackerState): readonly Entity[] {
  return [...state.baseEntities()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
