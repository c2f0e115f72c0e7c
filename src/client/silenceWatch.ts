import type { Budget } from './budget.ts';
import { timedOut } from './networkError.ts';

export interface SilenceWatchOptions {
  readonly origin: string;
  /** Asks the server for anything at all over a connection of its own; rejects if nothing comes in time. */
  readonly probe: () => Promise<void>;
}

/** Called whenever something arrives. */
export type Heard = () => void;

/** How long a server may keep silent before it is asked whether it is there, in milliseconds; doubled each time it is. */
const patienceMs = 250;
const mostPatienceMs = 4_000;

/**
 * Tells a server that takes its time from one that is gone without a word (a cable, a firewall, a sleeping machine): while
 * an answer stays away, a second connection asks for something that costs nothing. If that stays silent too, the requests
 * under way are given up, long before their own time is over.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #probing: Promise<boolean> | undefined;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /**
   * Makes an attempt, within what is left of its budget, as long as the server gives a sign of life.
   * @throws DtmError `timeout` if it does not; whatever `attempt` throws
   */
  async during<T>(budget: Budget, attempt: (budget: Budget, heard: Heard) => Promise<T>): Promise<T> {
    const gone = new AbortController();
    const giveUp = () => gone.abort(budget.signal.reason);
    if (budget.signal.aborted) giveUp();
    budget.signal.addEventListener('abort', giveUp, { once: true });
    const ear = new Ear(async () => {
      const isThere = await this.#isThere();
      if (!isThere) gone.abort();
      return isThere;
    });
    const failure = (cause: unknown) =>
      budget.signal.aborted ? budget.failure(cause) : timedOut(this.#options.origin, cause);
    try {
      return await attempt({ ...budget, signal: gone.signal, failure }, () => ear.heard());
    } finally {
      ear.close();
      budget.signal.removeEventListener('abort', giveUp);
    }
  }

  /** One question for all requests that wait. */
  #isThere(): Promise<boolean> {
    this.#probing ??= this.#options
      .probe()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#probing = undefined;
      });
    return this.#probing;
  }
}

/** Listens for one request: asks after each stretch of silence, ever less often. */
class Ear {
  readonly #ask: () => Promise<boolean>;
  #patienceMs = patienceMs;
  #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask;
    this.#timer = this.#listen();
  }

  heard(): void {
    if (!this.#isClosed) this.#timer.refresh();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #listen(): NodeJS.Timeout {
    return setTimeout(() => void this.#wonder(), this.#patienceMs);
  }

  async #wonder(): Promise<void> {
    if (!(await this.#ask()) || this.#isClosed) return;
    this.#patienceMs = Math.min(mostPatienceMs, this.#patienceMs * 2);
    this.#timer = this.#listen();
  }
}
