import { type CsvReport, emptyCsvReport } from '../../core/csvEdits.ts';
import type { TrackerStatus } from '../../core/ports.ts';
import type { StoppedChange } from '../../core/stoppedChange.ts';
import { type WaitingChange, waitingChanges } from '../../core/waiting.ts';
import type { AppHost } from '../appHost.ts';

/** What the Sync view has to say; another source of it is one more method here and one more section of the tree. */
export class SyncContents {
  readonly #host: AppHost;
  #isWaiting = false;

  constructor(host: AppHost) {
    this.#host = host;
  }

  /** Whether changes wait for a server that cannot take them: not those that are just on their way. */
  get isWaiting(): boolean {
    const status = this.#host.app?.status;
    this.#isWaiting = status !== undefined && isHeldUp(status, this.#isWaiting);
    return this.#isWaiting;
  }

  /** What people did to the CSV files and is not settled. */
  get csv(): CsvReport {
    return this.#host.app?.status.csv ?? emptyCsvReport;
  }

  /** What the server did not take, oldest first. */
  stopped(): readonly StoppedChange[] {
    const { app } = this.#host;
    // Most of the time there is none, and to gather them is to go through the whole queue.
    return app && app.status.conflicts + app.status.rejected > 0 ? app.stopped.list() : [];
  }

  /** What waits, by entity, oldest first. */
  waiting(): readonly WaitingChange[] {
    const { app } = this.#host;
    if (!app || app.status.pending === 0) return [];
    const all = waitingChanges(app.queue(), this.stopped());
    return this.isWaiting ? all : all.filter(({ behind }) => behind !== undefined);
  }
}

/** Once shown, they stay until the last one has arrived: an attempt to reach the server must not hide them. */
function isHeldUp({ pending, connection }: TrackerStatus, wasHeldUp: boolean): boolean {
  if (pending === 0) return false;
  const isAway = ['offline', 'signed-out', 'incompatible'].includes(connection.kind);
  return wasHeldUp || isAway || (connection.kind === 'degraded' && !connection.slow);
}
