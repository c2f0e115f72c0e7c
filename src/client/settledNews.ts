import type { Disposable } from '../core/ports.ts';

/** What is being pushed comes back as an event before its answer does: by then it has been pulled, too. */
const settleMs = 50;

/** Gathers events for a moment, and tells of the newest one. */
export class SettledNews implements Disposable {
  readonly #tell: (newest: number) => void;
  #newest = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell gets the number of the newest change */
  constructor(tell: (newest: number) => void) {
    this.#tell = tell;
  }

  add(seq: number): void {
    this.#newest = Math.max(this.#newest, seq);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell(this.#newest);
    }, settleMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
