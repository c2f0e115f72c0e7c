import { TimeoutStrategy, timeout } from 'cockatiel';
import type { DtmError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { cancelled, timedOut } from './networkError.ts';

/** The time that one action has for everything it sends: attempts, waiting between them, renewing its token. */
export interface Budget {
  /** Says when to stop: the time is over, or the caller gave up. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** What a request that was stopped by the signal failed of: `timeout` or `cancelled`. */
  failure(cause?: unknown): DtmError;
}

export interface BudgetOptions {
  readonly origin: string;
  readonly ms: number;
  readonly clock: Clock;
  /** The caller's. */
  readonly signal: AbortSignal;
}

/** Does something within a budget of time. */
export function withinBudget<T>(options: BudgetOptions, work: (budget: Budget) => Promise<T>): Promise<T> {
  const { origin, ms, clock, signal: given } = options;
  const deadline = clock.monotonic() + ms;
  const policy = timeout(ms, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });
  return policy.execute(
    ({ signal }) =>
      work({
        signal,
        remainingMs: () => Math.max(0, deadline - clock.monotonic()),
        failure: (cause) => (given.aborted ? cancelled(origin, cause) : timedOut(origin, cause)),
      }),
    given,
  );
}
