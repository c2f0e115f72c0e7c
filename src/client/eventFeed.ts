import { createParser } from 'eventsource-parser';
import { DtmError } from '../core/errors.ts';
import type { AuthorisedTransport } from './authorisedTransport.ts';

export interface FeedListener {
  /** The server tells from now on what happens. @param headers names in lower case */
  onOpen(headers: ReadonlyMap<string, string>): void;
  /** Something happened after what was known. @param seq its number in the changes feed */
  onChange(seq: string): void;
}

/** The server sends something at least every 15 seconds. */
const heartbeatSilenceMs = 17_500;
/** Of one event: a task with a long description, several times over. */
const largestEventChars = 4 * 1024 * 1024;

/**
 * Follows the server's events (https://html.spec.whatwg.org/multipage/server-sent-events.html) until the stream ends.
 * @param after the number of the last change that is known; undefined: from now on
 * @throws DtmError `timeout` after 17.5 s of silence, `offline`, `cancelled`, `cursor-expired`, `unauthenticated`, …
 */
export async function followEvents(
  transport: AuthorisedTransport,
  after: string | undefined,
  listener: FeedListener,
  signal: AbortSignal,
): Promise<void> {
  const parser = createParser({
    maxBufferSize: largestEventChars,
    onEvent: ({ event, id }) => {
      if (event === 'change' && id !== undefined) listener.onChange(id);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge(error);
    },
  });
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
  await transport.follow(
    { path: '/api/v1/events', headers, silenceMs: heartbeatSilenceMs },
    { onOpen: (received) => listener.onOpen(received), onText: (text) => parser.feed(text) },
    signal,
  );
}

function tooLarge(cause: unknown): DtmError {
  return new DtmError('too-large', 'the server sends an event without end', {
    hint: 'Check the address: another program may answer there.',
    details: { answer: true },
    cause,
  });
}
