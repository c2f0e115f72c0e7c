import { Pool } from 'undici';
import { routeOf } from '../routeOf.ts';
import { noteAnswer } from '../seenAnswers.ts';
import type { GeneratedRequest } from './requests.ts';
import type { World } from './world.ts';

/** A request as it was sent, and what came back. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** The whole body; of a stream of events what came first. */
  readonly text: string;
}

/** Sends requests just as they are: `fetch` would correct many of them. */
export class Sender {
  readonly #pools: readonly Pool[];
  #turn = 0;

  /** @param origins the processes that answer in turn */
  constructor(origins: readonly string[]) {
    this.#pools = origins.map((origin) => new Pool(origin, { connections: 32, headersTimeout: 20_000 }));
  }

  async send(request: GeneratedRequest, world: World): Promise<Exchange> {
    const method = request.method;
    const address = world.resolve(request.path) + queryText(request, world);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, world.resolve(value)]),
    );
    const body = request.body === undefined ? undefined : world.resolve(request.body);
    const pool = this.#pools[this.#turn++ % this.#pools.length];
    if (!pool) throw new Error('nobody to send to');
    const answer = await pool.request({ method: method as 'GET', path: address, headers, body: body ?? null });
    const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
    const text = isStream ? await beginning(answer.body) : await answer.body.text();
    noteAnswer(method, address, answer.statusCode, text);
    const answerHeaders = answer.headers as Record<string, string>;
    return { method, address, headers, body, status: answer.statusCode, answerHeaders, text };
  }

  async close(): Promise<void> {
    for (const pool of this.#pools) await pool.destroy();
  }
}

function queryText({ query }: GeneratedRequest, world: World): string {
  if (query.length === 0) return '';
  const pairs = query.map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(world.resolve(value)))}`);
  return `?${pairs.join('&')}`;
}

/** With U+FFFD in the place of half a surrogate pair, which no address can hold. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

async function beginning(stream: AsyncIterable<Buffer>): Promise<string> {
  for await (const chunk of stream) return chunk.toString('utf8');
  return '';
}

/** The request and the answer, for who has to find out what was wrong. */
export function described(exchange: Exchange): string {
  const { method, address, headers, body, status, answerHeaders, text } = exchange;
  const route = routeOf(method, address);
  const sent = JSON.stringify({ headers: { ...headers, authorization: headers.authorization?.slice(0, 12) }, body });
  return [
    `${method} ${address.slice(0, 500)} (${route?.path ?? 'no route'})`,
    `  sent ${sent.slice(0, 2_000)}`,
    `  answered ${status} ${JSON.stringify(answerHeaders)}`,
    `  ${text.slice(0, 2_000)}`,
  ].join('\n');
}
