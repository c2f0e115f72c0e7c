import { noteAnswer } from './seenAnswers.ts';

/** One server-sent event, or a comment. */
export type ServerSentEvent = { readonly event?: string; readonly id?: string; readonly data?: string };

/** Follows a stream of server-sent events. */
export class EventReader {
  readonly response: Response;
  readonly #chunks: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #text = '';

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    const body = response.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>();
    this.#chunks = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event; comments are passed over. @returns undefined when the stream has ended */
  async next(): Promise<ServerSentEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!block.startsWith(':')) return parse(block);
        continue;
      }
      const { done, value } = await this.#chunks.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  async take(count: number): Promise<ServerSentEvent[]> {
    const events: ServerSentEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (!event) throw new Error(`the stream ended after ${events.length} of ${count} events`);
      events.push(event);
    }
    return events;
  }

  close(): void {
    this.#abort.abort();
  }
}

function parse(block: string): ServerSentEvent {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
  });
  return Object.fromEntries(fields);
}

/** Begins to follow; the answer may also be a problem. */
export async function follow(
  origin: string,
  token: string,
  options: { readonly after?: string; readonly query?: string } = {},
): Promise<EventReader> {
  const abort = new AbortController();
  const headers = {
    authorization: `Bearer ${token}`,
    ...(options.after === undefined ? {} : { 'last-event-id': options.after }),
  };
  const response = await fetch(`${origin}/api/v1/events${options.query ?? ''}`, { headers, signal: abort.signal });
  noteAnswer('GET', '/api/v1/events', response.status, response.ok ? '' : await response.clone().text());
  return new EventReader(response, abort);
}
