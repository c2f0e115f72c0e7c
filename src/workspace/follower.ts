import { DtmError } from '../core/errors.ts';
import type { Clock, Connection, ConnectionKind, SyncReport } from '../core/ports.ts';
import { hasAnswered, readHolderStatus } from './holderStatus.ts';

export interface FollowerOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Reads what the holder wrote. */
  readonly refresh: () => Promise<void>;
  /** Asks the holder to sync. */
  readonly ask: () => Promise<void>;
  /** Takes the lease and syncs, if the holder is gone; undefined while it is there. */
  readonly takeOver: () => Promise<SyncReport | undefined>;
  readonly pending: () => number;
  readonly onConnection: (connection: Connection) => void;
  /** Nobody waits any more. */
  readonly isClosed: () => boolean;
}

const pauseMs = 15;
const takeOverEveryMs = 250;
const cannotPush: ReadonlySet<ConnectionKind> = new Set(['offline', 'signed-out', 'incompatible']);

/** What a process does that has something to sync while another one holds the lease: it asks, and watches the journal. */
export class Follower {
  readonly #options: FollowerOptions;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /**
   * Waits until the holder's answers have made `isDone` true, the holder says that it cannot reach the server, or the
   * time is over.
   * @param deadline on the monotonic clock
   */
  async waitUntil(isDone: () => boolean, deadline: number): Promise<void> {
    for await (const _ of this.#turns(deadline)) {
      if (isDone()) return;
      const status = await readHolderStatus(this.#options.folder);
      if (status && cannotPush.has(status.connection.kind)) return this.#options.onConnection(status.connection);
    }
  }

  /** Asks the holder to sync and waits for its answer. @returns undefined if it did not come in time */
  async sync(timeoutMs: number): Promise<SyncReport | undefined> {
    const before = await readHolderStatus(this.#options.folder);
    await this.#options.ask();
    for await (const report of this.#turns(this.#options.clock.monotonic() + timeoutMs)) {
      if (report) return report;
      const status = await readHolderStatus(this.#options.folder);
      if (status && hasAnswered(status, before)) return this.#reportOf(status.connection);
    }
    return undefined;
  }

  /** Reads on again and again; yields a report where it had to take over and sync itself. */
  async *#turns(deadline: number): AsyncGenerator<SyncReport | undefined> {
    let nextTakeOver = this.#options.clock.monotonic() + takeOverEveryMs;
    while (this.#options.clock.monotonic() < deadline && !this.#options.isClosed()) {
      await this.#options.refresh();
      yield undefined;
      await new Promise((resume) => setTimeout(resume, pauseMs));
      if (this.#options.clock.monotonic() < nextTakeOver) continue;
      nextTakeOver = this.#options.clock.monotonic() + takeOverEveryMs;
      const report = await this.#options.takeOver();
      if (report) return yield report;
    }
  }

  #reportOf(connection: Connection): SyncReport {
    this.#options.onConnection(connection);
    const counts = { pulled: 0, pushed: 0, conflicts: 0, rejected: 0, pending: this.#options.pending() };
    const failed = connection.kind === 'degraded' && !connection.slow;
    if (!cannotPush.has(connection.kind) && !failed) return counts;
    return { ...counts, error: errorOf(connection) };
  }
}

function errorOf(connection: Connection): DtmError {
  const reason = connection.reason ?? 'the server cannot be reached';
  if (connection.kind === 'signed-out')
    return new DtmError('unauthenticated', reason, { hint: 'Sign in again, in the window that syncs this workspace.' });
  if (connection.kind === 'incompatible') return new DtmError('incompatible', reason);
  return new DtmError(connection.kind === 'offline' ? 'offline' : 'unavailable', reason, { retryable: true });
}
