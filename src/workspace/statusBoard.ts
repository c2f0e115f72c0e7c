import { type CsvReport, emptyCsvReport } from '../core/csvEdits.ts';
import { Emitter } from '../core/emitter.ts';
import type { Connection, Notice, TrackerStatus } from '../core/ports.ts';
import type { TrackerOptions } from './trackerOptions.ts';

type Counts = Pick<TrackerStatus, 'pending' | 'conflicts' | 'rejected'>;

/** What the tracker says of itself: its connection, its queue in numbers, and what went wrong with its files. */
export class StatusBoard {
  readonly #changed: Emitter<TrackerStatus>;
  readonly #counts: () => Counts;
  #connection: Connection;
  #notices: readonly Notice[];
  #csv = emptyCsvReport;

  constructor(options: TrackerOptions, counts: () => Counts, notices: readonly Notice[], lastSync: string | undefined) {
    this.#changed = new Emitter((error) => options.logger.error('listener.failed', { error: String(error) }));
    this.#counts = counts;
    this.#notices = notices;
    this.#connection = firstConnection(options, lastSync);
  }

  get onDidChange() {
    return this.#changed.event;
  }
  get connection(): Connection {
    return this.#connection;
  }
  get notices(): readonly Notice[] {
    return this.#notices;
  }
  get status(): TrackerStatus {
    return { connection: this.#connection, ...this.#counts(), notices: this.#notices, csv: this.#csv };
  }

  /** Tells the listeners that the numbers may have changed. */
  announce(): void {
    this.#changed.fire(this.status);
  }

  /** Takes over a connection; silent where a person would see no difference. */
  show(connection: Connection): void {
    const before = this.#connection;
    this.#connection = connection;
    const isSame = before.kind === connection.kind && before.reason === connection.reason;
    if (!isSame || before.lastSync !== connection.lastSync) this.announce();
  }

  /** What people did to the CSV files and is not settled. */
  showCsv(report: CsvReport): void {
    this.#csv = report;
    this.announce();
  }

  add(notices: readonly Notice[]): void {
    if (notices.length === 0) return;
    this.#notices = [...this.#notices, ...notices];
    this.announce();
  }

  /** Replaces the notices whose code begins with `prefix`: what they were about was looked at again. */
  replace(prefix: string, notices: readonly Notice[]): void {
    const kept = this.#notices.filter((one) => !one.code.startsWith(prefix));
    if (kept.length === this.#notices.length && notices.length === 0) return;
    this.#notices = [...kept, ...notices];
    this.announce();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** Before the first sync of this process; when another one last synced is known all the same. */
function firstConnection(options: TrackerOptions, lastSync: string | undefined): Connection {
  const since = options.clock.now();
  if (!options.expected) return { kind: 'local', since };
  const reason = options.offline ? 'offline was asked for' : 'not connected yet';
  return { kind: 'offline', since, reason, ...(lastSync === undefined ? {} : { lastSync }) };
}
