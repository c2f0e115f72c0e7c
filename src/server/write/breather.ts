import { setImmediate } from 'node:timers/promises';

const longestMs = 10;

/** Lets other requests in during long work: the embedded database answers at once, so nothing else would ever yield. */
export class Breather {
  #last = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.#last < longestMs) return;
    await setImmediate();
    this.#last = performance.now();
  }
}
