import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  isBrokenCircuitError,
} from 'cockatiel';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Disposable } from '../core/ports.ts';
import { isConnectionFailure } from './networkError.ts';

/** Whether requests go out (`closed`), are held back (`open`), or one is on its way to find out (`half-open`). */
export type Reachability = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  readonly origin: string;
  /** On this machine a refused connection costs nothing: it is tried again much sooner. */
  readonly isLoopback: boolean;
  /** In [0, 1). */
  readonly random: () => number;
}

const failuresToOpen = 3;
const firstBreakMs = 1_000;
const longestBreakMs = { here: 1_000, away: 30_000 } as const;

/**
 * The circuit breaker of one origin: after some connections in a row that came to nothing, requests fail at once
 * instead of making people wait, until one of them finds the server back. An answer, whichever, means that it is there.
 */
export class Circuit {
  readonly #origin: string;
  readonly #policy: CircuitBreakerPolicy;
  #isProbing = false;
  #lastFailure: DtmError | undefined;

  constructor({ origin, isLoopback, random }: CircuitOptions) {
    this.#origin = origin;
    const longestMs = isLoopback ? longestBreakMs.here : longestBreakMs.away;
    const isProbing = () => this.#isProbing;
    const breakNumber = (attempt: number): IBackoff<unknown> => {
      const span = Math.min(longestMs, firstBreakMs * 2 ** Math.min(attempt, 10));
      const ms = span / 2 + (random() * span) / 2;
      return {
        // Asked by each request that comes: a probe need not wait.
        get duration() {
          return isProbing() ? 0 : ms;
        },
        next: () => breakNumber(attempt + 1),
      };
    };
    this.#policy = circuitBreaker(
      handleWhen((error) => this.#isFailure(error)),
      { halfOpenAfter: { next: () => breakNumber(0) }, breaker: new ConsecutiveBreaker(failuresToOpen) },
    );
  }

  get state(): Reachability {
    return nameOf(this.#policy.state);
  }

  onDidChange(listener: (state: Reachability) => void): Disposable {
    return this.#policy.onStateChange((state) => listener(nameOf(state)));
  }

  /**
   * @param isProbe goes out even while the circuit is open
   * @throws DtmError `offline` at once while it is open; whatever `work` throws
   */
  async run<T>(work: () => Promise<T>, isProbe: boolean): Promise<T> {
    let isTest = false;
    const tested = () => work().catch((error: unknown) => Promise.reject(isTest ? asTest(error) : error));
    const wasOpen = this.#is('open');
    this.#isProbing = isProbe;
    const running = this.#policy.execute(tested);
    this.#isProbing = false;
    isTest = wasOpen && this.#is('half-open');
    try {
      return await running;
    } catch (error) {
      if (isBrokenCircuitError(error)) throw this.#heldBack();
      throw error instanceof TestGivenUp ? error.cause : error;
    }
  }

  #is(state: Reachability): boolean {
    return this.state === state;
  }

  #isFailure(error: unknown): boolean {
    if (error instanceof TestGivenUp) return true;
    if (!isConnectionFailure(error)) return false;
    this.#lastFailure = error;
    return true;
  }

  #heldBack(): DtmError {
    const why = this.#lastFailure?.message ?? `${this.#origin} could not be reached`;
    return new DtmError('offline', `${why}; it was not asked again so soon`, {
      hint: `Check that a DTM server runs at ${this.#origin}; what you do meanwhile is kept here and sent later.`,
      retryable: true,
      details: { circuit: 'open' },
      cause: this.#lastFailure,
    });
  }
}

/** The request that was to find out whether the server is back was cancelled: nobody knows, so the circuit stays open. */
class TestGivenUp extends Error {}

function asTest(error: unknown): unknown {
  return isDtmError(error, 'cancelled') ? new TestGivenUp('cancelled', { cause: error }) : error;
}

function nameOf(state: CircuitState): Reachability {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half-open' : 'open';
}
