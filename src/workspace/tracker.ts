import { type FSWatcher, watch } from 'node:fs';
import { Emitter } from '../core/emitter.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type {
  Backend,
  BackendIdentity,
  Clock,
  Connection,
  Logger,
  Notice,
  QueuedOperation,
  Settlement,
  SyncReport,
  TrackerStatus,
  TrackerStore,
  VisibleChange,
  VisibleState,
} from '../core/ports.ts';
import { listBases, readBaseHeader } from './baseImage.ts';
import type { CsvProjection } from './csv/projection.ts';
import { makeFolder } from './files.ts';
import { Follower } from './follower.ts';
import { Holder } from './holder.ts';
import { readHolderStatus } from './holderStatus.ts';
import { Journal } from './journal.ts';
import type { JournalRecord } from './journalRecord.ts';
import { LeaseKeeper } from './lease.ts';
import { ownIdentity } from './processIdentity.ts';
import { loadTracker, noticeOf } from './trackerFiles.ts';
import type { TrackerState } from './trackerState.ts';

export interface TrackerOptions {
  /** `<workspace state>/trackers/<binding>`. */
  readonly folder: string;
  /** Makes the folders of the state before the first write. */
  readonly prepare: () => Promise<void>;
  readonly projection: CsvProjection | undefined;
  readonly backend: (state: () => TrackerState) => Backend;
  readonly expected: BackendIdentity | undefined;
  readonly isLoopback: boolean;
  /** A resident keeps the lease and syncs by itself; a visitor only while a command needs it. */
  readonly resident: boolean;
  /** Never ask the server. */
  readonly offline: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newName: () => string;
  readonly random: () => number;
}

/**
 * The tracker on disk (see docs/architecture.md, "One write path"): what is committed here is durable before anybody
 * hears of it, and is what every other process of the workspace sees.
 */
export class Tracker implements TrackerStore {
  readonly #options: TrackerOptions;
  readonly #journal: Journal;
  readonly #changed: Emitter<VisibleChange>;
  readonly #statusChanged: Emitter<TrackerStatus>;
  readonly #keeper: LeaseKeeper;
  #state: TrackerState;
  #generation: number;
  #notices: readonly Notice[];
  #connection: Connection;
  #holder: Holder | undefined;
  #acquiring: Promise<Holder | undefined> | undefined;
  #refreshing: Promise<void> | undefined;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #hasAppended = false;

  private constructor(
    options: TrackerOptions,
    journal: Journal,
    keeper: LeaseKeeper,
    loaded: Awaited<ReturnType<typeof loadTracker>>,
    lastSync: string | undefined,
  ) {
    this.#options = options;
    this.#journal = journal;
    this.#keeper = keeper;
    this.#state = loaded.state;
    this.#generation = loaded.generation;
    this.#notices = loaded.notices;
    this.#connection = firstConnection(options, lastSync);
    const onError = (error: unknown) => options.logger.error('listener.failed', { error: String(error) });
    this.#changed = new Emitter(onError);
    this.#statusChanged = new Emitter(onError);
  }

  /** Reads the tracker from disk; writes nothing. @throws DtmError `cannot-read` */
  static async open(options: TrackerOptions): Promise<Tracker> {
    const identity = await ownIdentity();
    const journal = new Journal({ folder: options.folder, identity, newName: options.newName });
    const keeper = new LeaseKeeper(options.folder, identity, options.clock);
    const loaded = await loadTracker(options.folder, journal, options.logger).catch((error: unknown) => {
      throw isDtmError(error) ? error : cannotRead(options.folder, error);
    });
    const before = await readHolderStatus(options.folder).catch(() => undefined);
    return new Tracker(options, journal, keeper, loaded, before?.connection.lastSync);
  }

  get visible(): VisibleState {
    return this.#state.visible;
  }
  get onDidChange() {
    return this.#changed.event;
  }
  get onDidChangeStatus() {
    return this.#statusChanged.event;
  }
  get status(): TrackerStatus {
    return { connection: this.#connection, ...this.#state.counts(), notices: this.#notices };
  }

  /** Begins to hold the lease, to sync and to follow other processes; for residents, after the first view is shown. */
  async start(): Promise<void> {
    await this.#options.prepare();
    await makeFolder(this.#journal.folderOfSegments);
    await this.#tick();
    const tick = () => void this.#tick().catch((error: unknown) => this.#log('tracker.tick-failed', error));
    this.#timer = setInterval(tick, 1_000);
    this.#timer.unref();
  }

  async commit(operations: readonly Operation[]): Promise<void> {
    await this.#options.prepare();
    let lamport = this.#state.nextLamport();
    await this.#append(
      operations.map((operation) => ({ type: 'operation', lamport: lamport++, operation }) as const),
      true,
    );
  }

  async settle(opIds: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Settlement>> {
    const deadline = this.#options.clock.monotonic() + timeoutMs;
    const isOpen = () => opIds.some((opId) => this.#state.settlementOf(opId).outcome === 'queued');
    const holder = await this.#becomeHolder();
    if (holder && this.#isKnownOffline()) void this.#syncInBackground(holder);
    else if (holder) await within(holder.sync(), timeoutMs);
    else await this.#follower().waitUntil(() => !isOpen(), deadline);
    return new Map(opIds.map((opId) => [opId, this.#state.settlementOf(opId)]));
  }

  async sync(timeoutMs: number): Promise<SyncReport> {
    await this.#options.prepare();
    const holder = await this.#becomeHolder();
    const report = holder ? await within(holder.sync(), timeoutMs) : await this.#follower().sync(timeoutMs);
    return (
      report ?? {
        pulled: 0,
        pushed: 0,
        conflicts: 0,
        rejected: 0,
        pending: this.#state.pending.length,
        error: timedOut(timeoutMs),
      }
    );
  }

  queue(): readonly QueuedOperation[] {
    return this.#state.queue();
  }

  async drop(opIds: readonly string[]): Promise<number> {
    const falling = this.#state.withDependents(opIds).map((operation) => operation.opId);
    if (falling.length > 0) await this.#append([{ type: 'dropped', opIds: falling }], true);
    return falling.length;
  }

  async rewriteCsv(): Promise<readonly string[]> {
    const holder = await this.#becomeHolder();
    if (!holder) throw heldElsewhere();
    return holder.writeCsv(true);
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#readOn().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#watcher?.close();
    await this.#refreshing?.catch(() => undefined);
    const holder = this.#holder ?? (await this.#acquiring);
    await holder?.close();
    await this.#journal.close();
    this.#changed.dispose();
    this.#statusChanged.dispose();
  }

  /** Every second: take the lease if it is free, notice if it is gone, read on where the watcher may have missed something. */
  async #tick(): Promise<void> {
    if (this.#closed) return;
    this.#watch();
    if (this.#holder && !(await this.#holder.isHeld())) await this.#loseLease();
    await this.refresh();
    const holder = this.#options.resident && !this.#closed ? await this.#becomeHolder() : undefined;
    if (holder) holder.beginLoop();
    else if (!this.#options.offline) await this.#showHolderStatus();
  }

  #watch(): void {
    if (this.#watcher || this.#closed) return;
    try {
      this.#watcher = watch(
        this.#journal.folderOfSegments,
        () => void this.refresh().catch((error: unknown) => this.#log('tracker.refresh-failed', error)),
      );
      this.#watcher.on('error', (error) => this.#log('tracker.watch-failed', error));
    } catch {
      // The folder comes with the first segment; until then there is nothing to watch.
    }
  }

  async #readOn(): Promise<void> {
    const { records, quarantined } = await this.#journal.readOn();
    if (quarantined.length > 0) this.#notice(quarantined.map(noticeOf));
    this.#foldAll(records);
    if (records.some((one) => one.type === 'operation' || one.type === 'dropped')) this.#holder?.csvIsDue();
    const wanted = records.some((one) => one.type === 'sync-wanted');
    if (wanted || records.some((one) => one.type === 'operation'))
      void this.#holder?.answer().catch((error: unknown) => this.#log('sync.crashed', error));
    if (!this.#holder) await this.#reloadIfBehind();
  }

  /** Another process folded more than we have read: take its image. */
  async #reloadIfBehind(): Promise<void> {
    const newest = (await listBases(this.#options.folder))[0];
    if (!newest || newest.generation <= this.#generation) return;
    const header = await readBaseHeader(this.#options.folder, newest.file).catch(() => undefined);
    if (!header) return;
    const mine = this.#journal.watermarks();
    const isBehind =
      header.cursor !== this.#state.cursor ||
      Object.entries(header.folded).some(([name, bytes]) => (mine[name] ?? 0) < bytes);
    this.#generation = newest.generation;
    if (isBehind) await this.#reload();
  }

  async #reload(): Promise<void> {
    const loaded = await loadTracker(this.#options.folder, this.#journal, this.#options.logger);
    this.#state = loaded.state;
    this.#generation = loaded.generation;
    this.#changed.fire(null);
    this.#statusChanged.fire(this.status);
  }

  async #append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    await this.#journal.append(records, durable);
    this.#foldAll(records);
    this.#hasAppended = true;
    this.#holder?.csvIsDue();
  }

  #foldAll(records: readonly JournalRecord[]): void {
    if (records.length === 0) return;
    const ids = records.flatMap((record) => this.#state.fold(record));
    if (ids.length > 0) this.#changed.fire(new Set(ids));
    this.#statusChanged.fire(this.status);
  }

  #becomeHolder(): Promise<Holder | undefined> {
    if (this.#holder) return Promise.resolve(this.#holder);
    this.#acquiring ??= this.#acquire().finally(() => {
      this.#acquiring = undefined;
    });
    return this.#acquiring;
  }

  async #acquire(): Promise<Holder | undefined> {
    await this.#options.prepare();
    const lease = await this.#keeper.tryAcquire();
    if (!lease) return undefined;
    // The holder before us may have folded and pulled: its image and its last lines first.
    await this.#reloadIfBehind();
    await this.refresh();
    this.#holder = new Holder({
      ...this.#options,
      lease,
      journal: this.#journal,
      state: () => this.#state,
      generation: () => this.#generation,
      setGeneration: (generation) => {
        this.#generation = generation;
      },
      append: (records) => this.#append(records, false),
      absorb: (records) => this.#foldAll(records),
      connection: this.#connection,
      onConnection: (connection) => this.#show(connection),
      onNotices: (code, notices) => this.#replaceNotices(code, notices),
    });
    if (this.#notices.some((one) => one.code.startsWith('journal-'))) this.#holder.foldSoon();
    // A command appends before it takes the lease, and the server may not be there to answer.
    if (this.#hasAppended) this.#holder.csvIsDue();
    this.#options.logger.info('lease.taken', { number: lease.number });
    return this.#holder;
  }

  async #loseLease(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    this.#options.logger.warn('lease.lost');
    await holder?.close();
  }

  /** A resident probes by itself: while it is offline nobody has to wait for one more attempt. */
  #isKnownOffline(): boolean {
    return this.#options.resident && this.#connection.kind === 'offline';
  }

  async #syncInBackground(holder: Holder): Promise<void> {
    await holder.sync().catch((error: unknown) => this.#log('sync.crashed', error));
  }

  #follower(): Follower {
    return new Follower({
      folder: this.#options.folder,
      clock: this.#options.clock,
      refresh: () => this.refresh(),
      ask: () => this.#journal.append([{ type: 'sync-wanted' }], false),
      takeOver: async () => (await this.#becomeHolder())?.sync(),
      pending: () => this.#state.pending.length,
      onConnection: (connection) => this.#show(connection),
    });
  }

  async #showHolderStatus(): Promise<void> {
    const status = await readHolderStatus(this.#options.folder);
    if (status) this.#show(status.connection);
  }

  #show(connection: Connection): void {
    const before = this.#connection;
    this.#connection = connection;
    if (
      before.kind !== connection.kind ||
      before.lastSync !== connection.lastSync ||
      before.reason !== connection.reason
    ) {
      this.#statusChanged.fire(this.status);
    }
  }

  #notice(notices: readonly Notice[]): void {
    this.#notices = [...this.#notices, ...notices];
    this.#statusChanged.fire(this.status);
  }

  #replaceNotices(prefix: string, notices: readonly Notice[]): void {
    const kept = this.#notices.filter((one) => !one.code.startsWith(prefix));
    if (kept.length === this.#notices.length && notices.length === 0) return;
    this.#notices = [...kept, ...notices];
    this.#statusChanged.fire(this.status);
  }

  #log(event: string, error: unknown): void {
    this.#options.logger.warn(event, { error: String(error) });
  }
}

/** Before the first sync of this process; when another one last synced is known all the same. */
function firstConnection(options: TrackerOptions, lastSync: string | undefined): Connection {
  const since = options.clock.now();
  if (!options.expected) return { kind: 'local', since };
  const reason = options.offline ? 'offline was asked for' : 'not connected yet';
  return { kind: 'offline', since, reason, ...(lastSync === undefined ? {} : { lastSync }) };
}

/** The promise's value, or undefined if it takes longer. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function cannotRead(folder: string, cause: unknown): DtmError {
  return new DtmError('cannot-read', `cannot read the data of this workspace in ${folder}: ${String(cause)}`, {
    cause,
    hint: 'Give yourself permission to read that folder, or put it back as it was. Nothing was changed.',
  });
}

function timedOut(timeoutMs: number): DtmError {
  return new DtmError('timeout', `the sync took longer than ${timeoutMs} ms`, {
    hint: 'It goes on in the background; what is queued stays safe.',
    retryable: true,
  });
}

function heldElsewhere(): DtmError {
  return new DtmError('cannot-write', 'another window of this workspace writes the CSV files', {
    hint: 'Use the command in that window, or close it.',
  });
}
