import type { Value } from '../python/value.ts';
import type { Answer } from './answer.ts';

const titles: Readonly<Record<string, readonly [number, string]>> = {
  'not-found': [404, 'Resource Not Found'],
  'validation-error': [422, 'Validation Error'],
  conflict: [409, 'Resource Conflict'],
  'database-error': [500, 'Database Error'],
  'internal-error': [500, 'AppError'],
};

/** The problem object of checklists, plans, conversations and phases; sent as plain JSON. */
export class ProblemError extends Error {
  readonly #slug: string;
  readonly #extra: Readonly<Record<string, Value>>;

  constructor(slug: keyof typeof titles & string, detail: string, extra: Readonly<Record<string, Value>> = {}) {
    super(detail);
    this.#slug = slug;
    this.#extra = extra;
  }

  answer(instance: string): Answer {
    const [status, title] = titles[this.#slug] ?? [500, 'AppError'];
    const type = `https://api.taskman-v2.local/problems/${this.#slug}`;
    return { status, body: { type, title, status, detail: this.message, instance, ...this.#extra } };
  }
}
