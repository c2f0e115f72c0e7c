import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { isDtmError } from '../core/errors.ts';
import type { Budget } from './budget.ts';
import { isReset } from './networkError.ts';
import { pause } from './pause.ts';

export interface RepeatOptions {
  readonly isRepeatable: boolean;
  readonly budget: Budget;
  /** In [0, 1). */
  readonly random: () => number;
}

const mostRepeats = 3;
const mostAfterReset = 1;
/** Answers that say "not now"; https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4. */
const passing: ReadonlySet<unknown> = new Set([408, 429, 502, 503, 504]);
const firstSpanMs = 200;
const longestSpanMs = 2_000;
/** What takes longer than this is told, rather than waited for. */
const longestWaitMs = 10_000;

/**
 * Attempts a request, and again where that is safe and may help: once on a new connection after one ended under it, and
 * with growing random pauses (full jitter) or as long as the server asked for while it answers "not now". What does
 * not fit into the budget is not begun.
 */
export function withRepeats<T>(options: RepeatOptions, attempt: () => Promise<T>): Promise<T> {
  const { budget } = options;
  const plan = new RepeatPlan(options);
  // The pause is ours: the library's goes on after a cancellation.
  const policy = retry(
    handleWhen((error) => plan.repeatsAfter(error)),
    { maxAttempts: mostRepeats, backoff: new ConstantBackoff(0) },
  );
  return policy.execute(async () => {
    await plan.pause();
    return attempt();
  }, budget.signal);
}

class RepeatPlan {
  readonly #options: RepeatOptions;
  #repeats = 0;
  #resets = 0;
  #waitMs = 0;

  constructor(options: RepeatOptions) {
    this.#options = options;
  }

  async pause(): Promise<void> {
    const { budget } = this.#options;
    try {
      if (this.#waitMs > 0) await pause(this.#waitMs, budget.signal);
    } catch (error) {
      throw budget.failure(error);
    }
    if (budget.signal.aborted) throw budget.failure();
  }

  repeatsAfter(error: unknown): boolean {
    const { isRepeatable, budget } = this.#options;
    if (!isRepeatable || budget.signal.aborted) return false;
    const waitMs = this.#waitAfter(error);
    if (waitMs === undefined || waitMs >= Math.min(longestWaitMs, budget.remainingMs())) return false;
    this.#repeats++;
    this.#waitMs = waitMs;
    return true;
  }

  /** @returns undefined if repeating is of no use */
  #waitAfter(error: unknown): number | undefined {
    if (isReset(error)) return this.#resets++ < mostAfterReset ? 0 : undefined;
    if (!isDtmError(error) || !passing.has(error.details.status)) return undefined;
    const { retryAfterMs } = error.details;
    const span = Math.min(longestSpanMs, firstSpanMs * 2 ** this.#repeats);
    const jitter = this.#options.random() * span;
    // Everybody was told the same time: not everybody is to come back at once.
    return typeof retryAfterMs === 'number' ? retryAfterMs + jitter / 4 : jitter;
  }
}
