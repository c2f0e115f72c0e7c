import { DtmError, isDtmError, signedInInstead } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type {
  Backend,
  BackendIdentity,
  Clock,
  Connection,
  ConnectionKind,
  Logger,
  Notice,
  PullPage,
  PushResult,
  SyncReport,
} from '../core/ports.ts';
import { Coalesced } from './coalesced.ts';
import { type ConnectionFacts, connectionAfter, connectionOnceSynced, nextConnection } from './connectionState.ts';
import { type ExpectedData, requireSameAccount, requireSameData } from './expectedData.ts';
import type { JournalRecord } from './journalRecord.ts';
import { count, groupBoundary, problemOf, recordOf, refusals, type SyncCounts } from './pushResults.ts';
import { followRestore, type RecoveryHost } from './recovery/followRestore.ts';

/** What the engine needs of the tracker that it works for. */
export interface SyncHost extends RecoveryHost {
  /** Appends records (they can be had again from the server, so they need not be durable) and folds them. */
  record(records: readonly JournalRecord[]): Promise<void>;
  /**
   * Folds a large pull in memory only. Until `persist` has written it to a base image, no later cursor may reach the
   * journal: a crash would leave a cursor behind changes that nobody has.
   */
  absorb(records: readonly JournalRecord[]): void;
  /** Writes what was absorbed to a base image. */
  persist(): Promise<void>;
  /** Whether this process still holds the lease. */
  mayWrite(): Promise<boolean>;
}

export interface SyncEngineOptions {
  readonly host: SyncHost;
  readonly backend: Backend;
  /** The data that the workspace is bound to; undefined for the local tracker. */
  readonly expected: ExpectedData | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onConnection: (connection: Connection) => void;
  /** What the back end cannot show; replaces what it said before. */
  readonly onNotices?: (notices: readonly Notice[]) => void;
}

const batchSize = 500;
/** Pulls beyond this size go to a base image rather than through the journal. */
const journalledPull = 1_000;

/** Pull → rebase → push in order → pull, until nothing is left. One run at a time. */
export class SyncEngine {
  readonly #options: SyncEngineOptions;
  #connection: Connection;
  #identified = false;
  #epoch: number | undefined;
  /** How long the last answer took that told of changes. Reading everything takes its time: that says nothing. */
  #answerMs = 0;
  readonly #runs = new Coalesced(() => this.#run());
  readonly #stopped = new AbortController();

  constructor(options: SyncEngineOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Runs a sync that starts after this call; calls that come while one is under way share the next one. */
  request(): Promise<SyncReport> {
    return this.#runs.request();
  }

  /** Ends what is under way and waits for its end. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#runs.idle();
  }

  async #run(): Promise<SyncReport> {
    const counts: SyncCounts = { pulled: 0, pushed: 0, conflicts: 0, rejected: 0 };
    try {
      await this.#sync(counts).catch(async (error: unknown) => {
        if (!isDtmError(error, 'data-exchanged')) throw error;
        this.#identified = false;
        await this.#sync(counts);
      });
      return this.#report(counts);
    } catch (cause) {
      const error = isDtmError(cause) ? cause : new DtmError('internal', 'the sync failed unexpectedly', { cause });
      return this.#failed(counts, error);
    }
  }

  async #sync(counts: SyncCounts): Promise<void> {
    const started = this.#options.clock.monotonic();
    await this.#identify(counts);
    const { changesFeed, listing } = this.#options.backend.capabilities;
    // What waits need not wait until everything was read: such a back end compares each change with what it has.
    if (listing) await this.#pushAll(counts);
    await this.#pull(counts);
    const latencyMs = Math.round(this.#options.clock.monotonic() - started);
    while (changesFeed && (await this.#pushAll(counts))) await this.#pull(counts);
    if (!changesFeed && !listing) await this.#pushAll(counts);
    const [kind, facts] = connectionOnceSynced(this.#options.expected !== undefined, latencyMs, this.#answerMs);
    this.#become(kind, facts);
  }

  #failed(counts: SyncCounts, error: DtmError): SyncReport {
    if (error.code === 'cancelled') return { ...this.#report(counts), error };
    this.#identified = false;
    this.#options.logger.warn('sync.failed', { code: error.code, message: error.message });
    const kind = this.#options.expected ? connectionAfter(error) : 'local';
    const otherAccount = kind === 'signed-out' ? signedInInstead(error) : undefined;
    this.#become(kind, { reason: error.message, otherAccount });
    return { ...this.#report(counts), error };
  }

  /** Once after each (re)connection: is this the server and the data that the workspace belongs to? */
  async #identify(counts: SyncCounts): Promise<void> {
    if (this.#identified) return;
    const found = await this.#options.backend.identify(this.#stopped.signal);
    const expected = this.#options.expected;
    if (expected) requireSameData(expected, found);
    this.#checkAccount();
    if (expected) await this.#followEpoch(expected, found, counts);
    this.#identified = true;
  }

  async #followEpoch(expected: ExpectedData, found: BackendIdentity, counts: SyncCounts): Promise<void> {
    const { host, clock, logger } = this.#options;
    const { epoch, cursor } = host.state;
    const known = epoch ?? (cursor === null ? found.epoch : expected.epoch);
    if (known !== found.epoch) {
      this.#become('syncing');
      const page = (at: string | null) => this.#options.backend.pull(at, this.#stopped.signal, host.state.baseView);
      const push = (operations: readonly Operation[]) => this.#pushInBatches(operations);
      counts.conflicts += await followRestore({ host, expected, found, clock, logger, page, push });
    }
    this.#epoch = found.epoch;
  }

  /** Pushes operations that stand in no queue. @returns one result for each */
  async #pushInBatches(operations: readonly Operation[]): Promise<readonly PushResult[]> {
    const results: PushResult[] = [];
    while (results.length < operations.length) {
      await this.#checkLease();
      const end = groupBoundary(operations, Math.min(results.length + batchSize, operations.length));
      results.push(...(await this.#push(operations.slice(results.length, end))));
    }
    return results;
  }

  async #pull(counts: SyncCounts): Promise<void> {
    const { host, backend } = this.#options;
    const { changesFeed, listing } = backend.capabilities;
    if (!changesFeed && !listing) return;
    let absorbed = false;
    const read = async (cursor: string | null) => {
      const started = this.#options.clock.monotonic();
      const page = await this.#page(cursor);
      if (changesFeed) this.#answerMs = this.#options.clock.monotonic() - started;
      return page;
    };
    for (let page = await read(host.state.cursor); ; page = await read(page.next)) {
      await this.#checkLease();
      this.#options.onNotices?.(page.notices ?? []);
      if (page.hasMore) this.#become('syncing');
      // Our own changes come back in the feed; their answers have been folded already.
      const changes = page.changes.filter((change) => change.version > host.state.baseVersion(change.id));
      const epoch = this.#epoch === undefined ? {} : { epoch: this.#epoch };
      const record: JournalRecord = { type: 'remote', changes, cursor: page.next, ...epoch };
      absorbed ||= page.hasMore || changes.length > journalledPull;
      if (absorbed) host.absorb([record]);
      else if (changes.length > 0 || page.next !== host.state.cursor) await host.record([record]);
      counts.pulled += changes.length;
      if (!page.hasMore) break;
    }
    if (absorbed) await host.persist();
  }

  /** A cursor that the server no longer knows: everything again from the start, keeping what is queued here. */
  async #page(cursor: string | null): Promise<PullPage> {
    try {
      return await this.#options.backend.pull(cursor, this.#stopped.signal, this.#options.host.state.baseView);
    } catch (error) {
      if (cursor === null || !isDtmError(error, 'cursor-expired')) throw error;
      this.#options.logger.warn('sync.cursor-expired');
      return this.#options.backend.pull(null, this.#stopped.signal, this.#options.host.state.baseView);
    }
  }

  /** @returns whether anything was answered: then there may be news to pull, and more to push after it */
  async #pushAll(counts: SyncCounts): Promise<boolean> {
    let answered = false;
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      if (this.#options.expected) this.#become('syncing');
      await this.#checkLease();
      this.#checkAccount();
      const results = await this.#push(batch);
      const byId = new Map(batch.map((operation) => [operation.opId, operation]));
      const records = results.flatMap((result) => recordOf(byId.get(result.opId), result));
      if (records.length === 0) return answered;
      await this.#options.host.record(records);
      count(counts, results);
      answered = true;
    }
    return answered;
  }

  /** Pushes; where the server refuses the request as a whole, finds the operations that it does not want. */
  async #push(batch: readonly Operation[]): Promise<readonly PushResult[]> {
    try {
      return await this.#options.backend.push(batch, this.#stopped.signal, this.#options.host.state.baseView);
    } catch (error) {
      if (!isDtmError(error) || !refusals.has(error.code)) throw error;
      const half = groupBoundary(batch, Math.ceil(batch.length / 2));
      if (half === batch.length)
        return batch.map(({ opId }) => ({ opId, outcome: 'rejected', problem: problemOf(error) }));
      const first = await this.#push(batch.slice(0, half));
      return first.length < half ? first : [...first, ...(await this.#push(batch.slice(half)))];
    }
  }

  /** The next operations in order, a group never cut in two. */
  #nextBatch(): Operation[] {
    const ready = this.#options.host.state.pushable(batchSize);
    return ready.slice(0, groupBoundary(ready, Math.min(batchSize, ready.length)));
  }

  async #checkLease(): Promise<void> {
    if (this.#stopped.signal.aborted || !(await this.#options.host.mayWrite())) {
      throw new DtmError('cancelled', 'another process took over the sync');
    }
  }

  /** Someone else may sign in at any time. */
  #checkAccount(): void {
    const { backend, expected } = this.#options;
    if (expected) requireSameAccount(expected, backend.account);
  }

  #become(kind: ConnectionKind, facts: ConnectionFacts = {}): void {
    const before = this.#connection;
    this.#connection = nextConnection(before, kind, this.#options.clock, facts);
    if (before.kind !== kind)
      this.#options.logger.info('connection.changed', { from: before.kind, to: kind, reason: facts.reason });
    this.#options.onConnection(this.#connection);
  }

  #report(counts: SyncCounts): SyncReport {
    return { ...counts, pending: this.#options.host.state.pending.length };
  }
}
