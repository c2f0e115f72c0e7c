import type { CsvAnswer, CsvReport, Undeletable } from '../core/csvEdits.ts';
import type { Operation } from '../core/operation.ts';
import type { Backend, Connection, EvidenceStanding, Notice, SyncReport } from '../core/ports.ts';
import { keepNewestBase } from './baseImage.ts';
import { retryDelay } from './connectionState.ts';
import type { CsvKeeper } from './csv/csvKeeper.ts';
import { csvKeeperOf } from './csv/csvKeeperOf.ts';
import { markBehind } from './evidence/behindMarker.ts';
import type { LedgerWriter } from './evidence/ledgerWriter.ts';
import { writeHolderStatus } from './holderStatus.ts';
import type { JournalRecord } from './journalRecord.ts';
import type { Lease } from './lease.ts';
import { NewsStream } from './newsStream.ts';
import { acknowledgedOperations } from './recovery/acknowledgedOperations.ts';
import type { SharedState } from './sharedState.ts';
import { SyncEngine, type SyncHost } from './syncEngine.ts';
import { foldTracker } from './trackerFiles.ts';
import type { TrackerOptions } from './trackerOptions.ts';
import type { TrackerState } from './trackerState.ts';

export interface HolderOptions extends TrackerOptions {
  readonly lease: Lease;
  readonly shared: SharedState;
  /** Undefined where the ledger cannot be written: work goes on all the same. */
  readonly ledger: LedgerWriter | undefined;
  /** The connection as it was known before. */
  readonly connection: Connection;
  readonly append: (records: readonly JournalRecord[], durable: boolean) => Promise<void>;
  readonly onCsvReport: (report: CsvReport) => void;
  readonly onConnection: (connection: Connection) => void;
  readonly onNotices: (prefix: string, notices: readonly Notice[]) => void;
}

const feedPollMs = 2_000;
/** While the server tells of news by itself. */
const rarePollMs = 30_000;
const leastListPollMs = 5_000;
const mostListPollMs = 60_000;
/** A command leaves larger CSV files to the next resident: it should not take longer than what it was asked for. */
const visitorCsvRows = 5_000;
const foldAfterRecords = 5_000;
const foldAtCloseAfterRecords = 200;
const foldAtSegments = 64;
const keptSettlements = 10_000;

/** What only the lease holder does: sync with the server, write CSV files, fold the journal into base images. */
export class Holder {
  readonly #options: HolderOptions;
  readonly #backend: Backend;
  readonly #engine: SyncEngine;
  #answered = 0;
  #failures = 0;
  #looping = false;
  #isLoopRunning = false;
  #isWoken = false;
  readonly #news: NewsStream | undefined;
  #closed = false;
  #loopTimer: NodeJS.Timeout | undefined;
  readonly #csv: CsvKeeper | undefined;
  #recordsSinceFold = 0;
  /** Large pulls that were taken in, and how many of them are in an image: what is not exists in memory only. */
  #absorbed = 0;
  #absorbedInImage = 0;
  #folding: Promise<void> | undefined;
  #publishing: Promise<void> = Promise.resolve();
  #published: string | undefined;

  constructor(options: HolderOptions) {
    this.#options = options;
    const host: SyncHost = {
      get state() {
        return options.shared.state;
      },
      record: async (records: readonly JournalRecord[]) => {
        // After a failed image a cursor must stay in memory, behind what it stands for.
        if (this.#isAhead && records.some((one) => one.type === 'remote')) return host.absorb(records);
        this.#recordsSinceFold += records.length;
        await options.append(records, false);
      },
      absorb: (records: readonly JournalRecord[]) => {
        this.#absorbed++;
        options.ledger?.holdBack(true);
        options.shared.fold(records, true);
        this.csvIsDue();
      },
      persist: () => this.#foldIfDue(0),
      mayWrite: () => options.lease.isHeld(),
      acknowledged: (since) => acknowledgedOperations(options.folder, since),
      replaceState: (make, made) => this.#replaceState(make, made),
      notify: (notice) => options.onNotices('restored-', [notice]),
    };
    const { expected, clock, logger } = options;
    const onConnection = (connection: Connection) => this.#show(connection);
    const onNotices = (notices: readonly Notice[]) => options.onNotices('server-', notices);
    const backend = options.backend(() => options.shared.state);
    this.#backend = backend;
    const watch = options.offline || !backend.capabilities.events ? undefined : backend.watch?.bind(backend);
    const known = () => options.shared.state.cursor;
    this.#news = watch && new NewsStream({ watch, known, logger, onWake: () => this.#wake() });
    const isOthers = () => this.#engine.connection.otherAccount !== undefined;
    this.#csv = csvKeeperOf({ ...options, isOthers });
    this.#engine = new SyncEngine(
      { host, backend, expected, clock, logger, onConnection, onNotices },
      options.connection,
    );
  }

  isHeld(): Promise<boolean> {
    return this.#options.lease.isHeld();
  }

  /** Syncs now, unless the person asked to stay offline. */
  async sync(): Promise<SyncReport> {
    const { resident, offline, expected, shared } = this.#options;
    const isAlone = !expected || offline;
    if (!resident && isAlone) await this.lookAtCsv();
    if (expected && offline)
      return { pulled: 0, pushed: 0, conflicts: 0, rejected: 0, pending: shared.state.pending.length };
    let report = await this.#engine.request();
    // Only then it is known who is signed in, and what others changed meanwhile.
    if (!resident && !isAlone && (await this.lookAtCsv())) report = await this.#engine.request();
    this.#failures = report.error ? this.#failures + 1 : 0;
    await this.#foldIfDue(foldAfterRecords);
    return report;
  }

  /** Whether a sync reads everything there is, which takes its time. */
  get readsEverything(): boolean {
    return this.#backend.capabilities.listing;
  }

  /** Syncs because another process asked, and tells it when done. */
  async answer(): Promise<void> {
    await this.sync();
    this.#answered++;
    await this.#publish();
  }

  /**
   * Syncs from now on by itself: when the server tells of news, else every now and then; probes with jittered back-off
   * while it is not there. Harmless if repeated.
   */
  beginLoop(): void {
    if (this.#looping || this.#closed) return;
    this.#looping = true;
    this.csvIsDue();
    void this.#loop();
  }

  /** Something changed: the CSV files follow within a second or so. */
  csvIsDue(): void {
    if (!this.#closed) this.#csv?.isDue();
  }

  /** Takes in what was done to the CSV files; costs next to nothing where that is nothing. @returns whether it was anything */
  async lookAtCsv(): Promise<boolean> {
    const hasTaken = !this.#closed && ((await this.#csv?.look()) ?? false);
    if (hasTaken) this.#wake();
    return hasTaken;
  }

  /** Settles what only the person can say about edits of the CSV files, and writes them. */
  async answerCsv(answer: CsvAnswer): Promise<readonly Undeletable[]> {
    const undeletable = (await this.#csv?.answer(answer)) ?? [];
    await this.#csv?.write(false);
    this.#wake();
    return undeletable;
  }

  /** Damaged lines were set aside: an image behind them ends that they are met again and again. */
  foldSoon(): void {
    this.#recordsSinceFold = foldAfterRecords + 1;
  }

  /** Writes the CSV files. @returns the outside versions that were set aside */
  async writeCsv(force: boolean): Promise<readonly string[]> {
    return (await this.#csv?.write(force)) ?? [];
  }

  get evidence(): EvidenceStanding | undefined {
    return this.#options.ledger?.standing;
  }

  async writeEvidence(): Promise<void> {
    await this.#options.ledger?.flush();
  }

  /** Ends syncing, writes what is due, folds, and lets the lease go. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#news?.close();
    clearTimeout(this.#loopTimer);
    await this.#engine.stop();
    await this.#csv?.close();
    try {
      if (await this.isHeld()) await this.#finish();
      await this.#publish();
    } finally {
      const { ledger, shared } = this.#options;
      await ledger?.close();
      if (ledger) shared.stopRecording(ledger);
      await this.#options.lease.release();
    }
  }

  async #finish(): Promise<void> {
    const rows = this.#options.shared.visible;
    const isSmall = rows.count('task') + rows.count('sprint') + rows.count('project') <= visitorCsvRows;
    await this.#csv?.look();
    const isDirty = this.#csv?.isDirty ?? false;
    if (isDirty && (this.#options.resident || isSmall)) await this.writeCsv(false);
    else if (isDirty) await this.#options.projection?.markFolder();
    const many = (await this.#options.shared.journal.segmentCount()) > foldAtSegments;
    await this.#foldIfDue(many ? 0 : foldAtCloseAfterRecords);
  }

  /** Does now what the loop would do later. */
  #wake(): void {
    if (!this.#looping || this.#closed) return;
    this.#isWoken = true;
    clearTimeout(this.#loopTimer);
    if (!this.#isLoopRunning) void this.#loop();
  }

  async #loop(): Promise<void> {
    this.#isLoopRunning = true;
    this.#isWoken = false;
    const report = await this.sync().catch((error: unknown) => {
      this.#options.logger.error('sync.crashed', { error: String(error) });
      return undefined;
    });
    this.#isLoopRunning = false;
    if (this.#closed || !this.#options.expected) return;
    const isWell = report !== undefined && !report.error;
    if (isWell) this.#news?.open(this.#options.clock.monotonic());
    this.#loopTimer = setTimeout(() => void this.#loop(), this.#isWoken ? 0 : this.#pauseAfter(isWell));
    this.#loopTimer.unref();
  }

  #pauseAfter(isWell: boolean): number {
    const { random, isLoopback } = this.#options;
    if (!isWell) return retryDelay(Math.max(1, this.#failures), isLoopback, random());
    return this.#news?.isOpen && !this.#engine.connection.slow ? rarePollMs : this.#pollMs;
  }

  /** Reading everything costs both sides more than reading on: at most a twentieth of the time goes into it. */
  get #pollMs(): number {
    if (this.#backend.capabilities.changesFeed) return feedPollMs;
    const { latencyMs = 0 } = this.#engine.connection;
    return Math.min(mostListPollMs, Math.max(leastListPollMs, 20 * latencyMs));
  }

  get #isAhead(): boolean {
    return this.#absorbed > this.#absorbedInImage;
  }

  /** Folds when enough has gathered, or when a large pull exists in memory only. */
  async #foldIfDue(records: number): Promise<void> {
    // One that is under way may have looked before what is due now came.
    await this.#folding;
    if (this.#recordsSinceFold <= records && !this.#isAhead) return;
    this.#folding ??= this.#fold().finally(() => {
      this.#folding = undefined;
    });
    await this.#folding;
  }

  /** What is known now goes into an image of its own, which no later one removes. */
  async #replaceState(
    make: (old: TrackerState) => TrackerState,
    made: readonly Operation[],
  ): Promise<string | undefined> {
    const { folder, shared } = this.#options;
    this.foldSoon();
    await this.#foldIfDue(0);
    const kept = await keepNewestBase(folder);
    this.#options.ledger?.holdBack(true);
    shared.replace(make, made);
    this.#absorbed++;
    this.csvIsDue();
    await this.#foldIfDue(0);
    return kept;
  }

  async #fold(): Promise<void> {
    const { folder, shared, lease, logger, ledger } = this.#options;
    const generation = shared.generation + 1;
    const [absorbed, recordsBefore] = [this.#absorbed, this.#recordsSinceFold];
    try {
      if (!(await lease.isHeld())) return;
      const place = { generation, fence: lease.number };
      // An image that covers what the ledger does not know would leave it out of the ledger for ever.
      await foldTracker(folder, shared.journal, shared.state, place, () => ledger?.flush() ?? markBehind(folder));
      shared.generation = generation;
      this.#recordsSinceFold -= recordsBefore;
      this.#absorbedInImage = absorbed;
      if (!this.#isAhead) ledger?.holdBack(false);
      shared.state.forgetSettled(keptSettlements);
      logger.info('journal.folded', { generation });
    } catch (error) {
      // The journal is whole: folding is tidying up, and is tried again later.
      logger.warn('journal.fold-failed', { error: String(error) });
    }
  }

  #show(connection: Connection): void {
    this.#options.onConnection(connection);
    if (connection.kind !== this.#published) void this.#publish();
  }

  /** One after the other, so that an older state never overwrites a newer one. */
  #publish(): Promise<void> {
    this.#publishing = this.#publishing.then(async () => {
      // Whoever lost the lease must not speak over the one who has it now.
      if (!(await this.isHeld().catch(() => false))) return;
      const { connection } = this.#engine;
      const lease = this.#options.lease.number;
      this.#published = connection.kind;
      await writeHolderStatus(this.#options.folder, { connection, lease, answered: this.#answered }).catch(
        (error: unknown) => {
          this.#options.logger.warn('status.not-published', { error: String(error) });
        },
      );
    });
    return this.#publishing;
  }
}
