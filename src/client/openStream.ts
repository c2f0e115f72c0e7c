import type { Dispatcher } from 'undici';
import { isDtmError } from '../core/errors.ts';
import { readJson } from './answerBody.ts';
import { answerError } from './answerError.ts';
import type { ExchangeOptions } from './exchange.ts';
import { cancelled, networkError, timedOut } from './networkError.ts';
import { beginTrace } from './requestTrace.ts';

/** A request whose answer is text that never ends by itself. */
export interface StreamRequest {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly accessToken: string;
  /** The stream is given up when nothing came for so long, in milliseconds. */
  readonly silenceMs: number;
}

type Options = Pick<ExchangeOptions, 'origin' | 'answerLimitBytes'>;

/**
 * Opens a stream of text and gives its pieces as they come; leaving the loop ends the connection.
 * @throws DtmError `offline`, `timeout` (silent for too long), `cancelled`, `bad-answer`, or what the problem document
 * says
 */
export async function* openStream(
  { origin, answerLimitBytes }: Options,
  dispatcher: Dispatcher,
  request: StreamRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const silent = new AbortController();
  const stop = () => silent.abort();
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, request.silenceMs);
  const { requestId, headers } = beginTrace().attempt();
  try {
    const response = await dispatcher.request({
      origin,
      method: 'GET',
      path: request.path,
      headers: {
        ...headers,
        ...request.headers,
        accept: 'text/event-stream, application/problem+json',
        authorization: `Bearer ${request.accessToken}`,
      },
      signal: silent.signal,
      bodyTimeout: 0,
    });
    const { statusCode: status } = response;
    if (status !== 200) {
      const { json } = await readJson(origin, response, answerLimitBytes, () => timer.refresh());
      throw answerError(origin, { status, body: json, requestId, headers: textHeaders(response.headers) });
    }
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (isDtmError(error)) throw error;
    if (signal.aborted) throw cancelled(origin, error);
    throw silent.signal.aborted ? timedOut(origin, error) : networkError(origin, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    silent.abort();
  }
}

function textHeaders(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
