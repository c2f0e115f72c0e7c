import type { Dispatcher } from 'undici';
import { DtmError, isDtmError } from '../core/errors.ts';
import { readJson } from './answerBody.ts';
import { answerError } from './answerError.ts';
import type { Budget } from './budget.ts';
import { type Attempt, headersFrom } from './exchange.ts';
import { cancelled, networkError, timedOut } from './networkError.ts';

export interface StreamRequest {
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly accessToken?: string | undefined;
  /** Nothing for so long means that the server is not there any more, in milliseconds. */
  readonly silenceMs: number;
}

export interface StreamListener {
  /** The server has accepted. @param headers names in lower case */
  onOpen(headers: ReadonlyMap<string, string>): void;
  onText(text: string): void;
}

const errorLimitBytes = 64 * 1024;

/**
 * Asks for a stream of events and waits for the head of the answer.
 * @throws DtmError as any request
 */
export async function openStream(
  origin: string,
  dispatcher: Dispatcher,
  request: StreamRequest,
  attempt: Attempt,
  budget: Budget,
): Promise<Dispatcher.ResponseData> {
  const { accessToken, path } = request;
  const headers = {
    accept: 'text/event-stream, application/problem+json',
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    ...request.headers,
    ...attempt.headers,
  };
  const { signal } = budget;
  try {
    const limits = { headersTimeout: budget.remainingMs(), bodyTimeout: 0 };
    const response = await dispatcher.request({ origin, method: 'GET', path, headers, signal, ...limits });
    await requireEvents(origin, response, attempt.requestId);
    return response;
  } catch (error) {
    if (isDtmError(error)) throw error;
    throw signal.aborted ? budget.failure(error) : networkError(origin, error);
  }
}

async function requireEvents(origin: string, response: Dispatcher.ResponseData, requestId: string): Promise<void> {
  const { statusCode: status } = response;
  const headers = headersFrom(response.headers);
  if (status === 200 && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')) return;
  if (status < 300) {
    response.body.on('error', () => undefined).destroy();
    throw new DtmError('bad-answer', `${origin} answered something else than events`, {
      hint: 'Check the address: another program, a proxy or a sign-in page may answer there.',
    });
  }
  const body = await readJson(origin, response, errorLimitBytes, () => undefined);
  throw answerError(origin, { status, body: body.json, requestId, headers });
}

/**
 * Gives what comes to the listener until the stream ends.
 * @throws DtmError `timeout` if nothing came for too long, `cancelled`, `offline`
 */
export async function readStream(
  origin: string,
  { body }: Dispatcher.ResponseData,
  silenceMs: number,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  const end = (failure: DtmError) => body.destroy(failure);
  const abort = () => end(cancelled(origin, signal.reason));
  const silence = setTimeout(() => end(timedOut(origin)), silenceMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      silence.refresh();
      onText(decoder.decode(chunk, { stream: true }));
    }
  } catch (error) {
    throw isDtmError(error) ? error : networkError(origin, error);
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', abort);
  }
}
