import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { resultCodes, sqliteCode } from './sqliteErrors.ts';

const patienceMs = 5_000;
const pauseMs = 25;

/** The write lock of a database, which other programs on the same file may hold. */
export class WriteLock {
  readonly #probe: DatabaseSync;
  /** Our own transactions that have it or wait for it. */
  #wanted = 0;
  #isRefused = false;

  constructor(file: string) {
    this.#probe = new DatabaseSync(file);
    // Whatever the connection opens, it opens now.
    this.isFree();
  }

  /**
   * Repeats a transaction whose very beginning failed because another program has the lock, for five seconds. Waiting
   * inside SQLite would stop the whole server, readers included.
   * @param attempt begins with `begin immediate`, so that nothing has happened when it fails for this reason
   */
  async taking<T>(attempt: () => Promise<T>): Promise<T> {
    this.#wanted += 1;
    const until = performance.now() + patienceMs;
    try {
      for (;;) {
        try {
          const result = await attempt();
          this.#isRefused = false;
          return result;
        } catch (error) {
          this.#isRefused = sqliteCode(error) === resultCodes.busy;
          if (!this.#isRefused || performance.now() > until) throw error;
          await setTimeout(pauseMs);
        }
      }
    } finally {
      this.#wanted -= 1;
    }
  }

  /** Whether the database would let us write at this moment, as far as that shows without writing. */
  isFree(): boolean {
    // While we write ourselves, our own transactions know.
    if (this.#wanted > 0) return !this.#isRefused;
    try {
      this.#probe.exec('begin immediate; rollback');
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#probe.close();
  }
}
