import { Emitter } from '../core/emitter.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { EvidenceStanding, Notice, VisibleChange, VisibleState } from '../core/ports.ts';
import { listBases, readBaseHeader } from './baseImage.ts';
import { ledgerFolder } from './evidence/ledgerLines.ts';
import { readLedgerMark } from './evidence/ledgerMark.ts';
import type { LedgerWriter } from './evidence/ledgerWriter.ts';
import type { OpenedLedger } from './evidence/openLedger.ts';
import { operationsFirst } from './evidence/recordOrder.ts';
import { Unrecorded } from './evidence/unrecorded.ts';
import { Journal } from './journal.ts';
import type { JournalRecord } from './journalRecord.ts';
import type { ProcessIdentity } from './processIdentity.ts';
import { ScopedView } from './scope/scopedView.ts';
import { type Loaded, loadTracker, noticeOf } from './trackerFiles.ts';
import type { TrackerOptions } from './trackerOptions.ts';
import type { TrackerState } from './trackerState.ts';

/** The state that all processes of a workspace share, as this one knows it: base image and journal, read on and on. */
export class SharedState {
  readonly journal: Journal;
  readonly #options: TrackerOptions;
  readonly #changed: Emitter<VisibleChange>;
  readonly #appending = new Set<Promise<void>>();
  #reloading: Promise<void> | undefined;
  #state: TrackerState;
  /** The generation of the image that this state is known to include. */
  generation: number;
  readonly #unrecorded: Unrecorded;

  private constructor(options: TrackerOptions, journal: Journal, unrecorded: Unrecorded, loaded: Loaded) {
    this.#unrecorded = unrecorded;
    this.#options = options;
    this.journal = journal;
    this.#state = loaded.state;
    this.generation = loaded.generation;
    this.#changed = new Emitter((error) => options.logger.error('listener.failed', { error: String(error) }));
  }

  /** @throws DtmError `cannot-read` */
  static async load(
    options: TrackerOptions,
    identity: ProcessIdentity,
  ): Promise<{ shared: SharedState; notices: readonly Notice[] }> {
    const journal = new Journal({ ...options, identity });
    const unrecorded = new Unrecorded({ ...options, folder: ledgerFolder(options.folder) });
    const loaded = await loadTracker(options.folder, journal, options.logger, unrecorded).catch((error: unknown) => {
      throw isDtmError(error) ? error : cannotRead(options.folder, error);
    });
    return { shared: new SharedState(options, journal, unrecorded, loaded), notices: loaded.notices };
  }

  get state(): TrackerState {
    return this.#state;
  }
  /** What the person sees: where there is a limit, without what is beyond it. */
  get visible(): VisibleState {
    const projects = this.#options.scope?.projects;
    return projects ? new ScopedView(this.#state.visible, projects) : this.#state.visible;
  }
  get onDidChange() {
    return this.#changed.event;
  }

  /** Appends records to the journal, then folds them. @throws DtmError `cannot-write` */
  async append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    while (this.#reloading) await this.#reloading.catch(() => undefined);
    const appending = this.journal.append(records, durable).then(() => this.fold(records));
    this.#appending.add(appending);
    await appending.finally(() => this.#appending.delete(appending));
  }

  /** How far the ledger goes, as this process found it. */
  get evidence(): EvidenceStanding {
    return this.#unrecorded.standing;
  }
  /** Looks how far the process has come that writes the ledger. */
  async writeEvidence(): Promise<void> {
    const mark = await readLedgerMark(ledgerFolder(this.#options.folder));
    this.#unrecorded.follow(mark, this.journal.watermarks());
  }
  /** Entities that ended before any server knew them. */
  get gone(): ReadonlySet<string> {
    return this.#unrecorded.gone;
  }

  /**
   * Folds records into what the person sees.
   * @param isBulk a large pull, which the ledger tells in short
   */
  fold(records: readonly JournalRecord[], isBulk = false): void {
    const ids = records.flatMap((record) => this.#unrecorded.fold(this.#state, record, isBulk));
    if (ids.length > 0) this.#changed.fire(new Set(ids));
  }

  /**
   * Puts a state in the place of this one. What is folded from now on goes into the new one.
   * @param made operations that led to it without having been in the journal
   */
  replace(make: (old: TrackerState) => TrackerState, made: readonly Operation[]): void {
    const old = this.#state;
    this.#state = make(old);
    this.#unrecorded.replaced(old, this.#state, made);
    this.#changed.fire(null);
  }

  /** Reads and folds what other processes appended. */
  async readOn(): Promise<{ readonly records: readonly JournalRecord[]; readonly notices: readonly Notice[] }> {
    while (this.#reloading) await this.#reloading.catch(() => undefined);
    const reading = this.#readOn();
    // What is read while a state is built anew would be counted as read, and be in the old state only.
    const ended = reading.then(
      () => undefined,
      () => undefined,
    );
    this.#appending.add(ended);
    return reading.finally(() => this.#appending.delete(ended));
  }

  async #readOn(): Promise<{ readonly records: readonly JournalRecord[]; readonly notices: readonly Notice[] }> {
    const { records, quarantined } = await this.journal.readOn();
    this.fold(operationsFirst(records));
    return { records, notices: quarantined.map(noticeOf) };
  }

  /** Another process folded more than we have read: takes its image. Not to be called while a `readOn` is under way. */
  async reloadIfBehind(): Promise<void> {
    const newest = (await listBases(this.#options.folder))[0];
    if (!newest || newest.generation <= this.generation) return;
    const header = await readBaseHeader(this.#options.folder, newest.file).catch(() => undefined);
    if (!header) return;
    const mine = this.journal.watermarks();
    // An image that was missed may have archived segments which the newest one no longer names.
    const missedOne = newest.generation > this.generation + 1;
    const isBehind = Object.entries(header.folded).some(([name, bytes]) => (mine[name] ?? 0) < bytes);
    const isOther = header.cursor !== this.#state.cursor || header.epoch !== this.#state.epoch;
    if (missedOne || isBehind || isOther) await this.#reloadAlone(false);
    else this.generation = newest.generation;
  }

  /**
   * From now on the ledger is told of what happens here, and first of all of what it lacks.
   * @param opened as it was found
   */
  async recordIn(writer: LedgerWriter, { mark, isLookedThrough = false }: OpenedLedger): Promise<void> {
    while (this.#reloading) await this.#reloading.catch(() => undefined);
    if (!this.#unrecorded.isComplete(mark, this.journal.watermarks())) await this.#reloadAlone(true);
    this.#unrecorded.attach(writer, this.#state, isLookedThrough);
  }

  /** Another process may write the ledger now; a later writer of this one goes on. */
  stopRecording(writer: LedgerWriter): void {
    this.#unrecorded.detach(writer);
  }

  async close(): Promise<void> {
    await this.journal.close();
    this.#changed.dispose();
  }

  /**
   * Nothing is appended meanwhile: what is written behind the place up to which the new state has read, and folded into
   * the old state, would be in neither.
   */
  async #reloadAlone(isForLedger: boolean): Promise<void> {
    this.#reloading = Promise.allSettled(this.#appending).then(() => this.#reload(isForLedger));
    try {
      await this.#reloading;
    } finally {
      this.#reloading = undefined;
    }
  }

  async #reload(isForLedger: boolean): Promise<void> {
    const { folder, logger } = this.#options;
    const loaded = await loadTracker(folder, this.journal, logger, this.#unrecorded, isForLedger);
    this.#state = loaded.state;
    this.generation = loaded.generation;
    this.#changed.fire(null);
  }
}

function cannotRead(folder: string, cause: unknown): DtmError {
  return new DtmError('cannot-read', `cannot read the data of this workspace in ${folder}: ${String(cause)}`, {
    cause,
    hint: 'Give yourself permission to read that folder, or put it back as it was. Nothing was changed.',
  });
}
