import { createParser } from 'eventsource-parser';
import { isDtmError } from '../core/errors.ts';
import type { AuthorisedTransport } from './authorisedTransport.ts';

export interface NewsOptions {
  readonly transport: AuthorisedTransport;
  /** The number of the newest change that was pulled; 0: none yet. */
  readonly lastPulled: () => number;
}

const path = '/api/v1/events';
/** The server says something every 15 seconds, news or not. */
const silenceMs = 17_500;
/** What is being pushed comes back as an event before its answer does, and is no news once it was pulled. */
const settleMs = 50;

/**
 * Follows the server's events (https://html.spec.whatwg.org/multipage/server-sent-events.html) until the stream ends:
 * because the server stops, the token expires, or nothing comes any more. Begins with what happened since the last pull.
 * @param onOpen the server has begun to speak
 * @param onNews something happened that was not pulled yet
 * @throws DtmError as {@link AuthorisedTransport.stream}; where the server cannot go back that far it is news
 */
export async function followNews(
  { transport, lastPulled }: NewsOptions,
  onOpen: () => void,
  onNews: () => void,
  signal: AbortSignal,
): Promise<void> {
  const after = lastPulled();
  const headers: Record<string, string> = after > 0 ? { 'last-event-id': String(after) } : {};
  let newest = after;
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    timer = undefined;
    if (newest > lastPulled()) onNews();
  };
  const parser = createParser({
    onEvent: ({ event, id }) => {
      const seq = Number(id);
      if (event !== 'change' || !(seq > newest)) return;
      newest = seq;
      timer ??= setTimeout(tell, settleMs);
    },
  });
  try {
    let isOpen = false;
    for await (const text of transport.stream({ path, headers, silenceMs }, signal)) {
      if (!isOpen) onOpen();
      isOpen = true;
      parser.feed(text);
    }
  } catch (error) {
    if (!isDtmError(error, 'cursor-expired')) throw error;
    onNews();
  } finally {
    clearTimeout(timer);
  }
}
