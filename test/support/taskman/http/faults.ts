import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Incoming } from './call.ts';

/** What happens to a request instead of, or besides, its answer. */
export type Act =
  /** The connection ends with a TCP reset; no answer. */
  | 'reset'
  /** No answer, ever; the connection stays open. */
  | 'hang'
  /** Another answer. Before the effect there is then no effect. */
  | Answer
  | { readonly delayMs: number }
  /** Anything else: another writer, a latch, a database that goes down. The request goes on afterwards. */
  | (() => void | Promise<void>);

export type Fault = {
  readonly when: 'before effect' | 'after effect';
  readonly act: Act;
  /** Which requests. Default: all. */
  readonly method?: string;
  readonly path?: string | RegExp;
  /** How many of them. Default: all. */
  readonly times?: number;
};

/** What a fault makes of a request: nothing, another answer, or no answer. */
export type Outcome = Answer | 'reset' | 'hang' | undefined;

/** The faults that tests have set; each counts the requests that met it. */
export class Faults {
  #active: { readonly fault: Fault; hits: number }[] = [];

  /** Returns a function that takes it back and says how many requests met it. */
  add(fault: Fault): () => number {
    const entry = { fault, hits: 0 };
    this.#active.push(entry);
    return () => {
      this.#active = this.#active.filter((one) => one !== entry);
      return entry.hits;
    };
  }

  clear(): void {
    this.#active = [];
  }

  async meet(when: Fault['when'], request: Incoming): Promise<Outcome> {
    for (const entry of this.#active) {
      if (entry.fault.when !== when || !concerns(entry.fault, request)) continue;
      if (entry.hits >= (entry.fault.times ?? Number.POSITIVE_INFINITY)) continue;
      entry.hits += 1;
      const outcome = await perform(entry.fault.act);
      if (outcome) return outcome;
    }
    return undefined;
  }
}

function concerns({ method, path }: Fault, request: Incoming): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path === undefined) return true;
  return typeof path === 'string' ? path === request.path : path.test(request.path);
}

async function perform(act: Act): Promise<Outcome> {
  if (act === 'reset' || act === 'hang') return act;
  if (typeof act === 'function') {
    await act();
    return undefined;
  }
  if ('status' in act) return act;
  await delay(act.delayMs);
  return undefined;
}
