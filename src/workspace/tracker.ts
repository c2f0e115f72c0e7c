import type { CsvAnswer, Undeletable } from '../core/csvEdits.ts';
import type { Operation } from '../core/operation.ts';
import type {
  EvidenceStanding,
  Notice,
  QueuedOperation,
  Settlement,
  SyncReport,
  TrackerStatus,
  TrackerStore,
  VisibleState,
} from '../core/ports.ts';
import type { NamedProject } from '../core/project.ts';
import type { StoppedChange } from '../core/stoppedChange.ts';
import { Coalesced } from './coalesced.ts';
import { commitRecords } from './commitRecords.ts';
import { beginLedger, cannotRecord } from './evidence/beginLedger.ts';
import type { LedgerWriter } from './evidence/ledgerWriter.ts';
import { makeFolder } from './files.ts';
import { FolderWatch } from './folderWatch.ts';
import { Follower } from './follower.ts';
import { Holder } from './holder.ts';
import { readHolderStatus } from './holderStatus.ts';
import type { JournalRecord } from './journalRecord.ts';
import { type Lease, LeaseKeeper } from './lease.ts';
import { ownIdentity, type ProcessIdentity } from './processIdentity.ts';
import { broughtProjects } from './scope/projectScope.ts';
import { SharedState } from './sharedState.ts';
import { StatusBoard } from './statusBoard.ts';
import { closedMeanwhile, heldElsewhere, settledMeanwhile, timedOut } from './trackerErrors.ts';
import type { TrackerOptions } from './trackerOptions.ts';
import { within } from './within.ts';

const tickMs = 1_000;
/** How long taking in edits of the CSV files waits for the server. */
const csvSyncMs = 3_000;
const longCsvMs = 600_000;

/**
 * The tracker on disk (see docs/architecture.md, "One write path"): what is committed here is durable before anybody
 * hears of it, and is what every other process of the workspace sees.
 */
export class Tracker implements TrackerStore {
  readonly #options: TrackerOptions;
  readonly #shared: SharedState;
  readonly #board: StatusBoard;
  readonly #keeper: LeaseKeeper;
  #holder: Holder | undefined;
  #acquiring: Promise<Holder | undefined> | undefined;
  readonly #reading = new Coalesced(() => this.#readOn());
  readonly #watch: FolderWatch;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #hasAppended = false;

  private constructor(options: TrackerOptions, shared: SharedState, board: StatusBoard, identity: ProcessIdentity) {
    this.#options = options;
    this.#shared = shared;
    this.#board = board;
    this.#keeper = new LeaseKeeper(options.folder, identity, options.clock);
    this.#watch = new FolderWatch(
      shared.journal.folderOfSegments,
      () => this.#inBackground('tracker.refresh', this.refresh()),
      (error) => options.logger.warn('tracker.watch-failed', { error: String(error) }),
    );
    shared.onDidChange(() => board.announce());
  }

  /** Reads the tracker from disk; writes nothing. @throws DtmError `cannot-read` */
  static async open(options: TrackerOptions): Promise<Tracker> {
    const identity = await ownIdentity();
    const { shared, notices } = await SharedState.load(options, identity);
    const before = await readHolderStatus(options.folder).catch(() => undefined);
    const board = new StatusBoard(options, () => shared.state.counts(), notices, before?.connection.lastSync);
    return new Tracker(options, shared, board, identity);
  }

  get visible(): VisibleState {
    return this.#shared.visible;
  }
  get onDidChange() {
    return this.#shared.onDidChange;
  }
  get onDidChangeStatus() {
    return this.#board.onDidChange;
  }
  get status(): TrackerStatus {
    return this.#board.status;
  }

  async start(): Promise<void> {
    await this.#options.prepare();
    await makeFolder(this.#shared.journal.folderOfSegments);
    await this.#tick();
    if (this.#closed) return;
    this.#timer = setInterval(() => this.#inBackground('tracker.tick', this.#tick()), tickMs);
    this.#timer.unref();
  }

  async commit(operations: readonly Operation[]): Promise<void> {
    await this.#options.prepare();
    this.#requireOpen();
    await this.#options.scope?.include(broughtProjects(operations));
    await this.#append(commitRecords(operations, this.#shared.state.nextLamport()), true);
  }

  async settle(opIds: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Settlement>> {
    const settlementOf = (opId: string) => this.#shared.state.settlementOf(opId);
    const isSettled = () => this.#closed || isDecided(opIds.map((opId) => settlementOf(opId).outcome));
    try {
      await this.#push(isSettled, timeoutMs);
    } catch (error) {
      // What was committed is durable: that it cannot be pushed now must not be told as its failure.
      this.#options.logger.warn('tracker.settle-failed', { error: String(error) });
    }
    return new Map(opIds.map((opId) => [opId, settlementOf(opId)]));
  }

  async #push(isSettled: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = this.#options.clock.monotonic() + timeoutMs;
    // A visitor watches nothing: while it keeps the lease, others' changes would wait for it to end.
    if (this.#holder && !this.#options.resident) await this.refresh();
    const holder = await this.#becomeHolder();
    if (holder && this.#isKnownOffline()) this.#inBackground('tracker.sync', holder.sync());
    else if (holder?.readsEverything) await this.#syncUntil(holder, isSettled, timeoutMs);
    else if (holder) await within(holder.sync(), timeoutMs);
    else await this.#follower().waitUntil(isSettled, deadline);
  }

  /** Syncs, but waits no longer than until the outcome is known: reading everything goes on meanwhile. */
  async #syncUntil(holder: Holder, isSettled: () => boolean, timeoutMs: number): Promise<void> {
    let settled = (): void => undefined;
    const subscription = this.onDidChange(() => isSettled() && settled());
    const known = new Promise<void>((resolve) => {
      settled = resolve;
    });
    try {
      await within(Promise.race([holder.sync(), known]), timeoutMs);
    } finally {
      subscription.dispose();
    }
  }

  async sync(timeoutMs: number): Promise<SyncReport> {
    await this.#options.prepare();
    this.#requireOpen();
    const holder = await this.#becomeHolder();
    const report = holder ? await within(holder.sync(), timeoutMs) : await this.#follower().sync(timeoutMs);
    const { pending } = this.#shared.state.counts();
    return report ?? { pulled: 0, pushed: 0, conflicts: 0, rejected: 0, pending, error: timedOut(timeoutMs) };
  }

  knownProjects(): readonly NamedProject[] {
    return [...this.#shared.state.visible.all('project')].map(({ id, name }) => ({ id, name }));
  }

  isKnown(id: string): boolean {
    return this.#shared.state.isKnown(id);
  }

  queue(): readonly QueuedOperation[] {
    return this.#shared.state.queue();
  }

  stopped(): readonly StoppedChange[] {
    return this.#shared.state.stopped();
  }

  async replace(change: StoppedChange, operations: readonly Operation[]): Promise<void> {
    this.#requireOpen();
    await this.refresh();
    const { state } = this.#shared;
    const replaced = replacedBy(change, operations).map(({ opId }) => opId);
    const unsettled = new Set(state.queue().map(({ operation }) => operation.opId));
    if (!replaced.every((opId) => unsettled.has(opId))) throw settledMeanwhile(change.id);
    await this.#options.scope?.include(broughtProjects(operations));
    const record: JournalRecord =
      operations.length === 0
        ? { type: 'dropped', opIds: replaced }
        : { type: 'group', lamport: state.nextLamport(), operations, replaced };
    await this.#append([record], true);
  }

  withDependents(opIds: readonly string[]): readonly Operation[] {
    return this.#shared.state.withDependents(opIds);
  }

  async drop(opIds: readonly string[]): Promise<number> {
    this.#requireOpen();
    const falling = this.#shared.state.withDependents(opIds).map((operation) => operation.opId);
    if (falling.length > 0) await this.#append([{ type: 'dropped', opIds: falling }], true);
    return falling.length;
  }

  async rewriteCsv(): Promise<readonly string[]> {
    const holder = await this.#becomeHolder();
    if (!holder) throw heldElsewhere();
    return holder.writeCsv(true);
  }

  async takeInCsv(): Promise<boolean> {
    const { projection, expected } = this.#options;
    // What cannot be read is said by whoever looks at it.
    if (!projection || !(await projection.mayHaveChanged().catch(() => true))) return true;
    const holder = await this.#becomeHolder();
    // What the server has comes first, and whose account it is; who cannot reach it works on all the same.
    if (holder) await within(holder.sync(), expected ? csvSyncMs : longCsvMs);
    await holder?.lookAtCsv();
    return holder !== undefined;
  }

  async answerCsv(answer: CsvAnswer): Promise<readonly Undeletable[]> {
    const holder = await this.#becomeHolder();
    if (!holder) throw heldElsewhere();
    const undeletable = await holder.answerCsv(answer);
    if (!this.#options.expected) await holder.sync();
    return undeletable;
  }

  async trustCsv(): Promise<void> {
    await this.#options.prepare();
    await this.#options.projection?.trust();
    const isOurs = await this.takeInCsv();
    if (!isOurs) throw heldElsewhere();
  }

  get evidence(): EvidenceStanding {
    return this.#holder?.evidence ?? this.#shared.evidence;
  }

  async writeEvidence(): Promise<void> {
    await (this.#holder ?? this.#shared).writeEvidence();
  }

  refresh(): Promise<void> {
    return this.#reading.request();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#watch.close();
    await this.#reading.idle();
    const holder = this.#holder ?? (await this.#acquiring?.catch(() => undefined));
    try {
      await holder?.close();
    } finally {
      await this.#shared.close();
      this.#board.dispose();
    }
  }

  /** Every second: take the lease if it is free, notice if it is gone, read on where the watcher missed something. */
  async #tick(): Promise<void> {
    if (this.#closed) return;
    this.#watch.begin();
    const held = this.#holder;
    if (held && !(await held.isHeld())) await this.#loseLease(held);
    await this.refresh();
    const holder = this.#options.resident && !this.#closed ? await this.#becomeHolder() : undefined;
    if (holder) this.#keep(holder);
    else if (!this.#options.offline) await this.#showHolderStatus();
  }

  #keep(holder: Holder): void {
    holder.beginLoop();
    this.#inBackground('csv.look', holder.lookAtCsv());
  }

  async #readOn(): Promise<void> {
    const { records, notices } = await this.#shared.readOn();
    this.#board.add(notices);
    if (this.#holder) this.#serve(this.#holder, records);
    else await this.#shared.reloadIfBehind();
  }

  /** What other processes appended concerns the holder: it writes the CSV files and syncs for all. */
  #serve(holder: Holder, records: readonly JournalRecord[]): void {
    const types = new Set(records.map((record) => record.type));
    const hasOperations = types.has('operation') || types.has('group');
    if (hasOperations || types.has('dropped')) holder.csvIsDue();
    if (hasOperations || types.has('sync-wanted')) this.#inBackground('tracker.answer', holder.answer());
  }

  async #append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    await this.#shared.append(records, durable);
    this.#hasAppended = true;
    this.#holder?.csvIsDue();
  }

  #becomeHolder(): Promise<Holder | undefined> {
    if (this.#holder) return Promise.resolve(this.#holder);
    if (this.#closed) return Promise.resolve(undefined);
    this.#acquiring ??= this.#acquire().finally(() => {
      this.#acquiring = undefined;
    });
    return this.#acquiring;
  }

  async #acquire(): Promise<Holder | undefined> {
    await this.#options.prepare();
    const lease = await this.#keeper.tryAcquire();
    if (!lease) return undefined;
    try {
      // The holder before us may have folded and pulled: its image and its last lines first.
      await this.refresh();
    } catch (error) {
      // A lease that is kept alive and not used would stop every process.
      await lease.release();
      throw error;
    }
    const holder = this.#makeHolder(lease, await this.#openLedger(lease));
    this.#holder = holder;
    if (this.#board.notices.some(isAboutJournal)) holder.foldSoon();
    // A command appends before it takes the lease, and the server may not be there to answer.
    if (this.#hasAppended || this.#options.csvIsStale) holder.csvIsDue();
    this.#options.logger.info('lease.taken', { number: lease.number });
    return holder;
  }

  /** Work never waits for evidence: where the ledger cannot be written, the person is told. */
  async #openLedger(lease: Lease): Promise<LedgerWriter | undefined> {
    try {
      const { writer, notices } = await beginLedger(this.#options, this.#shared, lease);
      this.#board.replace('evidence-', notices);
      return writer;
    } catch (error) {
      this.#options.logger.error('evidence.not-opened', { error: String(error) });
      this.#board.replace('evidence-', [cannotRecord(this.#options.folder, error)]);
      return undefined;
    }
  }

  #makeHolder(lease: Lease, ledger: LedgerWriter | undefined): Holder {
    return new Holder({
      ...this.#options,
      lease,
      ledger,
      shared: this.#shared,
      connection: this.#board.connection,
      append: (records, durable) => this.#append(records, durable),
      onCsvReport: (report) => this.#board.showCsv(report),
      onConnection: (connection) => this.#board.show(connection),
      onNotices: (prefix, notices) => this.#board.replace(prefix, notices),
    });
  }

  async #loseLease(holder: Holder): Promise<void> {
    if (this.#holder === holder) this.#holder = undefined;
    this.#options.logger.warn('lease.lost');
    await holder.close();
  }

  /** A resident probes by itself: while it is offline nobody has to wait for one more attempt. */
  #isKnownOffline(): boolean {
    return this.#options.resident && this.#board.connection.kind === 'offline';
  }

  #follower(): Follower {
    return new Follower({
      folder: this.#options.folder,
      clock: this.#options.clock,
      refresh: () => this.refresh(),
      ask: () => this.#shared.journal.append([{ type: 'sync-wanted' }], false),
      takeOver: async () => (await this.#becomeHolder())?.sync(),
      pending: () => this.#shared.state.counts().pending,
      onConnection: (connection) => this.#board.show(connection),
      isClosed: () => this.#closed,
    });
  }

  async #showHolderStatus(): Promise<void> {
    const status = await readHolderStatus(this.#options.folder);
    if (status) this.#board.show(status.connection);
  }

  #requireOpen(): void {
    if (this.#closed) throw closedMeanwhile();
  }

  #inBackground(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#options.logger.warn(`${what}-failed`, { error: String(error) }));
  }
}

/** What leaves the queue: the change itself, and of what waits for it that for which there is another now. */
function replacedBy(change: StoppedChange, operations: readonly Operation[]): Operation[] {
  const again = new Set(operations.map(({ replaces }) => replaces));
  const own = [change, ...change.companions].flatMap((one) => one.operations);
  return [...own, ...change.waiting.filter(({ opId }) => again.has(opId))];
}

/** About something that a new image ends. */
function isAboutJournal(notice: Notice): boolean {
  return notice.code.startsWith('journal-') || notice.code.startsWith('base-');
}

/** The rest of a group waits for ever for the one that was refused. */
function isDecided(outcomes: readonly Settlement['outcome'][]): boolean {
  const isRefused = outcomes.some((outcome) => outcome === 'rejected' || outcome === 'conflict');
  return isRefused || !outcomes.includes('queued');
}
