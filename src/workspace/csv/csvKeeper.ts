import {
  type CsvAnswer,
  type CsvReport,
  emptyCsvReport,
  hasCsvQuestion,
  type Undeletable,
} from '../../core/csvEdits.ts';
import type { Entity } from '../../core/entity.ts';
import { isDtmError } from '../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import type { Logger, Notice, VisibleState } from '../../core/ports.ts';
import type { PresentFile } from './csvFiles.ts';
import { reportNotices, unreadableNotice } from './csvNotices.ts';
import type { ExtraColumns } from './csvTable.ts';
import { type EditedTracker, OutsideReader, type Reading } from './outsideReader.ts';
import type { CsvProjection } from './projection.ts';

export interface CsvKeeperOptions {
  readonly projection: CsvProjection;
  readonly tracker: () => EditedTracker;
  /** Makes operations durable and visible. */
  readonly commit: (operations: readonly Operation[]) => Promise<void>;
  /** Takes rows over as a colleague committed them. */
  readonly adopt: (entities: readonly Entity[]) => Promise<void>;
  /** Whether this process still holds the lease. */
  readonly mayWrite: () => Promise<boolean>;
  /** Whether somebody else is signed in than the tracker is for: nothing is changed in another one's name. */
  readonly isOthers: () => boolean;
  /** A resident writes by itself, soon after something changed. */
  readonly resident: boolean;
  readonly logger: Logger;
  readonly onNotices: (prefix: string, notices: readonly Notice[]) => void;
  readonly onReport: (report: CsvReport) => void;
}

const intervalMs = 1_000;
/** After the files could not be written, for instance because a spreadsheet has one open. */
const retryMs = 10_000;
/** A file that was written so recently may be in the middle of being written. */
const quietMs = 500;

/** What the lease holder does with the CSV files: takes in what was done to them, and writes them anew. */
export class CsvKeeper {
  readonly #options: CsvKeeperOptions;
  readonly #reader: OutsideReader;
  #timer: NodeJS.Timeout | undefined;
  #isDirty = false;
  #isClosed = false;
  /** One after the other: two at once would write into the same temporary files. */
  #working: Promise<unknown> = Promise.resolve();
  /** The files as they were when everything in them had been looked at. */
  #seen: string | undefined;
  #report = emptyCsvReport;
  #undeletable: readonly Undeletable[] = [];
  #settled: ReadonlyMap<EntityKind, string> = new Map();
  #extras: ReadonlyMap<EntityKind, ExtraColumns> = new Map();

  constructor(options: CsvKeeperOptions) {
    this.#options = options;
    this.#reader = new OutsideReader(options.projection.memory, options.projection.rows);
  }

  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Something changed: a resident writes the files within a second or so. */
  isDue(afterMs = intervalMs): void {
    this.#isDirty = true;
    // What could not be told, or was wrong, may be clear by what arrived meanwhile.
    if (this.#report.stale.length + this.#report.problems.length > 0) this.#seen = undefined;
    if (!this.#options.resident || this.#timer || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.write(false).catch((error: unknown) =>
        this.#options.logger.warn('csv.failed', { error: String(error) }),
      );
    }, afterMs);
    this.#timer.unref();
  }

  /**
   * Looks whether the files were changed outside, and takes in what is clear. Costs next to nothing where they were not.
   * @returns whether anything became operations
   */
  look(): Promise<boolean> {
    return this.#alone(() => this.#look({}));
  }

  /** Settles what the last look left open. @returns what could not be deleted */
  answer(answer: CsvAnswer): Promise<readonly Undeletable[]> {
    return this.#alone(async () => {
      this.#seen = undefined;
      this.#undeletable = [];
      await this.#look(answer);
      return this.#undeletable;
    });
  }

  /** Writes the files, unless there is something in them that is not settled. @returns the outside versions that were set aside */
  write(force: boolean): Promise<readonly string[]> {
    return this.#alone(() => this.#write(force));
  }

  /** Ends the timer, and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /** A file that cannot be read keeps nobody from working. */
  async #look(answer: CsvAnswer): Promise<boolean> {
    try {
      return await this.#lookNow(answer);
    } catch (error) {
      if (isDtmError(error) && error.code !== 'cannot-read') throw error;
      this.#options.onNotices('csv-edit-', [unreadableNotice(this.#options.projection.files.folder, error)]);
      return false;
    }
  }

  async #lookNow(answer: CsvAnswer): Promise<boolean> {
    const { projection, mayWrite, isOthers } = this.#options;
    if (isOthers()) return false;
    const signature = `${await projection.files.signature()} ${projection.isTrusted}`;
    if (signature === this.#seen || !(await this.#isQuiet())) return false;
    await projection.memory.reload();
    const changed = await projection.changed();
    const reading = await this.#read(changed, answer);
    if (reading && !(await mayWrite())) return false;
    const hasTaken = reading !== undefined && (await this.#take(reading));
    // What was changed since then has another signature, and is looked at next.
    this.#seen = signature;
    return hasTaken;
  }

  async #read(changed: readonly PresentFile[], answer: CsvAnswer): Promise<Reading | undefined> {
    const { projection, tracker } = this.#options;
    this.#settled = new Map();
    if (changed.length === 0) this.#show(emptyCsvReport);
    else if (!projection.isTrusted) this.#show({ ...emptyCsvReport, untrusted: changed.map(({ path }) => path) });
    else if (projection.isOfOther) this.#show({ ...emptyCsvReport, problems: changed.map(ofOtherTracker) });
    else return this.#reader.read(changed, tracker(), answer);
    return undefined;
  }

  async #take(reading: Reading): Promise<boolean> {
    const { commit, adopt, logger } = this.#options;
    const { operations, adopted, settled, extras, report, undeletable } = reading;
    if (adopted.length > 0) await adopt(adopted);
    if (operations.length > 0) await commit(operations);
    await reading.keep();
    this.#settled = settled;
    this.#extras = extras;
    this.#undeletable = undeletable;
    this.#show(report);
    logger.info('csv.taken-in', {
      operations: operations.length,
      adopted: adopted.length,
      problems: report.problems.length,
      missing: report.missing.length,
      stale: report.stale.length,
    });
    if (settled.size > 0) this.isDue();
    return operations.length + adopted.length > 0;
  }

  async #write(force: boolean): Promise<readonly string[]> {
    const { projection, tracker, mayWrite, onNotices } = this.#options;
    if (!(await mayWrite())) return [];
    if (!force) await this.#look({});
    this.#isDirty = false;
    const visible: VisibleState = tracker().visible;
    const options = { force, settled: this.#settled, extras: this.#extras };
    const { notices, setAside } = await projection.write(visible, options);
    onNotices('csv-not-', notices);
    if (force) this.#show(emptyCsvReport);
    if (notices.length > 0) this.isDue(retryMs);
    return setAside;
  }

  #show(report: CsvReport): void {
    const { projection, onNotices, onReport } = this.#options;
    const wasEmpty = isEmpty(this.#report);
    this.#report = report;
    // First the report: whoever is told of it decides about just that.
    if (!wasEmpty || !isEmpty(report)) onReport(report);
    onNotices(
      'csv-edit-',
      reportNotices(report, (path) => nameOf(projection, path)),
    );
  }

  async #isQuiet(): Promise<boolean> {
    const age = await this.#options.projection.files.age();
    return age === undefined || age < 0 || age >= quietMs || !this.#options.resident;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const working = this.#working.then(work);
    this.#working = working.catch(() => undefined);
    return working;
  }
}

function isEmpty(report: CsvReport): boolean {
  return report.problems.length === 0 && report.untrusted.length === 0 && !hasCsvQuestion(report);
}

function nameOf({ files }: CsvProjection, path: string): string {
  const kind = entityKinds.find((one) => files.path(one) === path);
  return kind ? files.name(kind) : path;
}

function ofOtherTracker({ path }: PresentFile) {
  const message =
    'this was edited while the workspace belonged to another server, and was not taken in: bind it to that one again, or rewrite the CSV files';
  return { path, line: 1, severity: 'error' as const, message };
}
