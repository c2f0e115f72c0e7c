import { type BulkheadPolicy, bulkhead, isBulkheadRejectedError, isTaskCancelledError } from 'cockatiel';
import type { Dispatcher } from 'undici';
import { DtmError } from '../core/errors.ts';
import type { Budget } from './budget.ts';
import { Circuit } from './circuit.ts';
import { type DispatcherOptions, openDispatcher } from './dispatcher.ts';
import { isLoopback } from './origin.ts';
import { signOfLife } from './signOfLife.ts';
import { SilenceWatch } from './silenceWatch.ts';
import { untilAborted } from './untilAborted.ts';

/** What a server gets from one process at once, and how many requests may wait for their turn. */
const atOnce = 8;
const mostWaiting = 1_000;
/** With the patience before it less than 2.1 seconds: so soon a black hole is noticed. */
const probeMs = 1_700;

/** The way to one origin, which all clients of it in this process share: connections, circuit breaker, bulkhead. */
export class OriginLink {
  readonly dispatcher: Dispatcher;
  readonly circuit: Circuit;
  readonly silence: SilenceWatch;
  readonly #origin: string;
  readonly #bulkhead: BulkheadPolicy = bulkhead(atOnce, mostWaiting);

  constructor(options: DispatcherOptions, dispatcher: Dispatcher, random: () => number) {
    const { origin } = options;
    this.#origin = origin;
    this.dispatcher = dispatcher;
    this.silence = new SilenceWatch({ origin, probe: () => signOfLife(options, probeMs) });
    this.circuit = new Circuit({ origin, isLoopback: isLoopback(origin), random });
  }

  /**
   * Does one attempt when its turn comes, unless the server is known not to be there.
   * @throws DtmError `offline` while the circuit is open, `overloaded` if too many wait, `cancelled`, `timeout`; what
   * `attempt` throws
   */
  run<T>(attempt: () => Promise<T>, isProbe: boolean, budget: Budget): Promise<T> {
    return this.circuit.run(() => this.#inTurn(attempt, budget), isProbe);
  }

  async #inTurn<T>(attempt: () => Promise<T>, budget: Budget): Promise<T> {
    try {
      // The bulkhead itself tells those who wait of their cancellation only when their turn comes.
      return await untilAborted(this.#bulkhead.execute(attempt, budget.signal), budget.signal, budget.failure);
    } catch (error) {
      if (isTaskCancelledError(error)) throw budget.failure(error);
      throw isBulkheadRejectedError(error) ? tooManyWaiting(this.#origin) : error;
    }
  }
}

function tooManyWaiting(origin: string): DtmError {
  return new DtmError('overloaded', `more than ${mostWaiting} requests wait for ${origin}`, {
    hint: 'Try again when the server has answered some of them.',
    retryable: true,
  });
}

interface SharedLink {
  readonly link: Promise<OriginLink>;
  users: number;
}

const shared = new Map<string, SharedLink>();

/**
 * Joins the users of an origin's link; the first one opens it.
 * @throws DtmError `configuration`
 */
export async function joinLink(options: DispatcherOptions, random: () => number): Promise<OriginLink> {
  const key = keyOf(options);
  const known = shared.get(key) ?? { link: openLink(options, random), users: 0 };
  known.users++;
  shared.set(key, known);
  try {
    return await known.link;
  } catch (error) {
    // The next one may find a certificate file corrected.
    if (shared.get(key) === known) shared.delete(key);
    throw error;
  }
}

/** The last one to leave ends all connections. */
export async function leaveLink(options: DispatcherOptions): Promise<void> {
  const key = keyOf(options);
  const known = shared.get(key);
  if (!known || --known.users > 0) return;
  shared.delete(key);
  await (await known.link).dispatcher.destroy();
}

async function openLink(options: DispatcherOptions, random: () => number): Promise<OriginLink> {
  return new OriginLink(options, await openDispatcher(options), random);
}

function keyOf({ origin, connectTimeoutMs, network }: DispatcherOptions): string {
  return JSON.stringify([origin, connectTimeoutMs, network]);
}
