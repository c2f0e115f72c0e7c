import { monitorEventLoopDelay } from 'node:perf_hooks';

const windowMs = 10_000;
const resolutionMs = 20;

/** Measures how late the event loop is; whoever asks changes nothing for the next one. */
export class EventLoopLag {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #timer: NodeJS.Timeout;
  /** Of the last window that is over, so that the beginning of a new one does not look well by itself. */
  #last = 0;

  constructor() {
    this.#delay.enable();
    this.#timer = setInterval(() => {
      this.#last = this.#current();
      this.#delay.reset();
    }, windowMs).unref();
  }

  /** The 99th percentile of the last 10 to 20 s, in milliseconds. */
  get ms(): number {
    return Math.max(this.#last, this.#current());
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #current(): number {
    const ms = this.#delay.percentile(99) / 1e6;
    return Number.isFinite(ms) ? ms : 0;
  }
}
