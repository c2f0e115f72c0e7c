import type { Dispatcher } from 'undici';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { type AnswerBody, readJson } from './answerBody.ts';
import type { KeptAnswer } from './answerCache.ts';
import { answerError } from './answerError.ts';
import type { Budget } from './budget.ts';
import { type HttpAnswer, type HttpRequest, operationName, pathOnly } from './httpMessage.ts';
import { networkError } from './networkError.ts';
import type { RequestRecorder } from './requestStatistics.ts';
import type { Heard } from './silenceWatch.ts';

export interface ExchangeOptions {
  readonly origin: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: RequestRecorder | undefined;
  readonly answerLimitBytes: number;
  /** For the head of an answer, and for silence within its body, in milliseconds. */
  readonly silenceMs: number;
}

export interface Attempt {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Arrived {
  readonly response: Dispatcher.ResponseData;
  readonly body: AnswerBody;
}

const mostRedirects = 3;

/**
 * Sends a request once and reads the whole answer.
 * @throws DtmError `offline`, `timeout`, `cancelled`, `bad-answer`, `too-large`, or what the problem document says
 */
export async function exchange<T>(
  options: ExchangeOptions,
  dispatcher: Dispatcher,
  request: HttpRequest<T>,
  attempt: Attempt,
  budget: Budget,
  heard: Heard,
): Promise<HttpAnswer<T>> {
  const started = options.clock.monotonic();
  const kept = request.cache?.get(request.path);
  let outcome: number | string = 'internal';
  let receivedBytes = 0;
  try {
    const arrived = await fetchAnswer(options, dispatcher, request, headersOf(request, attempt, kept), budget, heard);
    outcome = arrived.response.statusCode;
    receivedBytes = arrived.body.wireBytes;
    return understand(options.origin, request, arrived, kept, attempt.requestId);
  } catch (error) {
    if (typeof outcome === 'string' && isDtmError(error)) outcome = error.code;
    throw error;
  } finally {
    const ms = Math.round(options.clock.monotonic() - started);
    const operation = operationName(request);
    options.logger.debug('http', { operation, outcome, ms, requestId: attempt.requestId });
    options.recorder?.record({ operation, outcome, ms, receivedBytes, sentBytes: byteLength(request.body) });
  }
}

async function fetchAnswer(
  options: ExchangeOptions,
  dispatcher: Dispatcher,
  request: HttpRequest<unknown>,
  headers: Record<string, string>,
  budget: Budget,
  heard: Heard,
): Promise<Arrived> {
  const { origin, silenceMs, answerLimitBytes } = options;
  try {
    let path = request.path;
    for (let hops = 0; ; hops++) {
      const response = await dispatcher.request({
        origin,
        method: request.method,
        path,
        headers,
        body: request.body ?? null,
        signal: budget.signal,
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
      });
      const body = await readJson(origin, response, answerLimitBytes, heard);
      const next = hops < mostRedirects ? redirectOf(origin, path, request, response) : undefined;
      if (next === undefined) return { response, body };
      path = next;
    }
  } catch (error) {
    if (isDtmError(error)) throw error;
    throw budget.signal.aborted ? budget.failure(error) : networkError(origin, error);
  }
}

/**
 * Where to go on: 307 and 308 within the origin, when only reading. TaskMan-v2 sends a path with a slash at its end to the
 * one without.
 */
function redirectOf(
  origin: string,
  path: string,
  { method }: HttpRequest<unknown>,
  { statusCode, headers }: Dispatcher.ResponseData,
): string | undefined {
  const location = headers.location;
  if (method !== 'GET' || (statusCode !== 307 && statusCode !== 308) || typeof location !== 'string') return undefined;
  if (!URL.canParse(location, origin + path)) return undefined;
  const to = new URL(location, origin + path);
  return to.origin === origin ? to.pathname + to.search : undefined;
}

function understand<T>(
  origin: string,
  request: HttpRequest<T>,
  { response, body }: Arrived,
  kept: KeptAnswer | undefined,
  requestId: string,
): HttpAnswer<T> {
  const { statusCode: status } = response;
  const headers = headersFrom(response.headers);
  if (status === 304 && kept) return { value: parsedValue(origin, request, kept.body, requestId), status, headers };
  if (status >= 300) throw (request.refusal ?? answerError)(origin, { status, body: body.json, requestId, headers });
  const value = parsedValue(origin, request, body.json, requestId);
  request.cache?.set(request.path, headers.get('etag'), body.json, body.bytes);
  return { value, status, headers };
}

function parsedValue<T>(origin: string, { answer, path }: HttpRequest<T>, body: unknown, requestId: string): T {
  if (!answer) return undefined as T;
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new DtmError('bad-answer', `${origin} answered something else than ${pathOnly(path)} should`, {
    hint: 'Update DTM here or on the server, so that both speak the same version.',
    details: { requestId },
    cause: parsed.error,
  });
}

function headersOf(request: HttpRequest<unknown>, attempt: Attempt, kept: KeptAnswer | undefined) {
  return {
    accept: 'application/json, application/problem+json',
    'accept-encoding': 'gzip',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.accessToken === undefined ? {} : { authorization: `Bearer ${request.accessToken}` }),
    ...(kept ? { 'if-none-match': kept.etag } : {}),
    ...request.headers,
    ...attempt.headers,
  };
}

export function headersFrom(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function byteLength(text: string | undefined): number {
  return text === undefined ? 0 : new TextEncoder().encode(text).byteLength;
}
