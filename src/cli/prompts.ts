import { DtmError } from '../core/errors.ts';
import type { GlobalOptions } from './globalOptions.ts';

const output = process.stderr;

/** Questions to the person; asked only where one sits at a terminal. */
export class Prompts {
  readonly #options: GlobalOptions;

  constructor(options: GlobalOptions) {
    this.#options = options;
  }

  get canAsk(): boolean {
    return this.#options.input && process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  /**
   * Asks before something that is hard to take back; `--yes` answers.
   * @throws DtmError `usage` where nobody can be asked, `cancelled` if the answer is no
   */
  async confirm(question: string): Promise<void> {
    if (this.#options.yes) return;
    if (!this.canAsk) throw unasked(question);
    const { confirm } = await import('@clack/prompts');
    if ((await confirm({ message: question, initialValue: false, output })) !== true) throw declined();
  }

  /** Asks for one of two ways, both of which are fine; `--yes` does not answer, and Escape means no. */
  async choose(question: string): Promise<boolean> {
    const { confirm } = await import('@clack/prompts');
    return (await confirm({ message: question, initialValue: false, output })) === true;
  }

  async text(question: string): Promise<string> {
    const { text } = await import('@clack/prompts');
    return answer(await text({ message: question, output }));
  }

  async password(question: string): Promise<string> {
    const { password } = await import('@clack/prompts');
    return answer(await password({ message: question, output }));
  }
}

function unasked(question: string): DtmError {
  return new DtmError('usage', `this needs a yes, and nobody can be asked here: ${question}`, {
    hint: 'Add --yes, or run the command in a terminal.',
  });
}

function answer(given: string | symbol | undefined): string {
  if (typeof given === 'string') return given;
  throw declined();
}

function declined(): DtmError {
  return new DtmError('cancelled', 'nothing was done', { hint: 'Run the command again to do it.' });
}
