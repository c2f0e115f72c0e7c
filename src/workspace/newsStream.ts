import type { Backend, Logger } from '../core/ports.ts';

export interface NewsStreamOptions {
  readonly watch: NonNullable<Backend['watch']>;
  /** The cursor up to which everything was pulled. */
  readonly known: () => string | null;
  readonly logger: Logger;
  /** There is something to pull, or it is time to look whether the server is there. */
  readonly onWake: () => void;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Keeps the stream of news open while the server is there. When it ends, somebody has to look why: whoever wakes up
 * syncs, and calls {@link NewsStream.open} again once that went well.
 */
export class NewsStream {
  readonly #options: NewsStreamOptions;
  readonly #closed = new AbortController();
  #isRunning = false;
  #isOpen = false;
  #pauseMs = 0;
  #notBefore = 0;

  constructor(options: NewsStreamOptions) {
    this.#options = options;
  }

  /** Whether the server tells of news by itself now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens the stream unless it is open, or ended only just now. @param now milliseconds that only grow */
  open(now: number): void {
    if (this.#isRunning || this.#closed.signal.aborted || now < this.#notBefore) return;
    this.#isRunning = true;
    void this.#run(now);
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(startedAt: number): Promise<void> {
    const { watch, known, logger, onWake } = this.#options;
    const { signal } = this.#closed;
    let hasSpoken = false;
    const opened = () => {
      hasSpoken = true;
      this.#isOpen = true;
      logger.debug('news.opened');
    };
    try {
      await watch(known, { onOpen: opened, onNews: onWake }, signal);
      logger.debug('news.ended');
    } catch (error) {
      if (!signal.aborted) logger.info('news.failed', { error: String(error) });
    }
    this.#isRunning = false;
    this.#isOpen = false;
    // A server that speaks and ends the stream is well; one that never speaks need not be asked all the time.
    this.#pauseMs = hasSpoken ? firstPauseMs : Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
    this.#notBefore = startedAt + this.#pauseMs;
    if (!signal.aborted && hasSpoken) onWake();
  }
}
