import { DtmError } from '../../../src/core/errors.ts';
import type { Person } from '../../../src/extension/prompts/person.ts';

type Answer = string | { readonly pick: string } | 'Escape';

/** A person whose answers are written down before: what they are asked, and what they are told, is kept. */
export class ScriptedPerson implements Person {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  /** The action that is taken on the next notification. */
  nextAction: string | undefined;
  copied = '';
  #answers: Answer[] = [];

  /** @param answers what is typed (text), picked (`{pick}`, by label) or pressed (`Escape`), in order */
  will(...answers: Answer[]): this {
    this.#answers = answers;
    return this;
  }

  get leftover(): readonly Answer[] {
    return this.#answers;
  }

  text: Person['text'] = async (question) => {
    this.asked.push(question.prompt);
    for (;;) {
      const answer = this.#next();
      if (typeof answer !== 'string') throw new Error(`A text was asked: ${question.prompt}`);
      const problem = question.validate?.(answer) ?? (await question.submit?.(answer));
      if (problem === undefined) return answer;
      this.told.push(problem);
    }
  };

  pick: Person['pick'] = async (question) => {
    this.asked.push(question.placeholder);
    const answer = this.#next();
    const label = typeof answer === 'string' ? answer : answer.pick;
    const choice = question.choices.find((one) => one.label === label);
    if (!choice) throw new Error(`${label} is not among ${question.choices.map((one) => one.label).join(', ')}`);
    return choice.value;
  };

  pickMany: Person['pickMany'] = async (question) => [await this.pick(question)];

  confirm: Person['confirm'] = async ({ message, detail, action }) => {
    this.asked.push(`${message} ${detail}`);
    const answer = this.#next();
    if (typeof answer === 'string' || answer.pick !== action) throw new DtmError('cancelled', 'cancelled');
  };

  inform: Person['inform'] = async (message) => this.#tell(message);
  warn: Person['warn'] = async (message) => this.#tell(message);
  fail: Person['fail'] = async (message) => this.#tell(message);
  note: Person['note'] = (message) => void this.told.push(message);
  wait: Person['wait'] = async (_title, work) => work();
  copy: Person['copy'] = async (text) => {
    this.copied = text;
  };

  #tell(message: string): string | undefined {
    this.told.push(message);
    const action = this.nextAction;
    this.nextAction = undefined;
    return action;
  }

  #next(): Answer {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`Nothing was to be answered to: ${this.asked.at(-1)}`);
    if (answer === 'Escape') throw new DtmError('cancelled', 'cancelled');
    return answer;
  }
}
