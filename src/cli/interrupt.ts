import { DtmError } from '../core/errors.ts';
import { ExitCode } from './output/exitCodes.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns Ctrl-C into an error, so that a command ends by the same way as on any other error; a second one ends at once. */
export class Interrupt {
  readonly #interrupted: Promise<never>;
  #seen = false;
  #fail: (error: DtmError) => void = () => {};
  readonly #listener = (): void => this.#receive();

  constructor() {
    this.#interrupted = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting yet.
    this.#interrupted.catch(() => {});
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** Settles as `work` does, or is rejected with `cancelled` if a signal comes first. */
  orElse<T>(work: Promise<T>): Promise<T> {
    // A failure of the abandoned work is not an error of its own.
    work.catch(() => {});
    return Promise.race([work, this.#interrupted]);
  }

  dispose(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  #receive(): void {
    if (this.#seen) process.exit(ExitCode.interrupted);
    this.#seen = true;
    this.#fail(
      new DtmError('cancelled', 'interrupted', {
        hint: 'Changes that were confirmed are kept; look at the list before you repeat the command.',
      }),
    );
  }
}
