import type { Disposable } from '../../core/ports.ts';
import type { CommitSignal } from './commitSignal.ts';

/** Waits for commits. One that comes while nobody waits ends the next wait at once, so that none is missed. */
export class WakeUp implements Disposable {
  readonly #subscription: Disposable;
  #isDue = false;
  #wake: () => void = () => undefined;

  constructor(commits: CommitSignal) {
    this.#subscription = commits.onDidCommit(() => {
      this.#isDue = true;
      this.#wake();
    });
  }

  /** Until something was committed, the signal is aborted, or so many milliseconds have passed. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) await this.#sleep(timeoutMs, signal);
    this.#isDue = false;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #sleep(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }
}
