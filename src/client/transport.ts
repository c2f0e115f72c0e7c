import type { Dispatcher, Pool } from 'undici';
import type { z } from 'zod';
import { DtmError, isDtmError, systemCode } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { readJson } from './answerBody.ts';
import { answerError, type RawAnswer } from './answerError.ts';
import { cancelled, networkError, timedOut } from './networkError.ts';

export interface TransportOptions {
  readonly origin: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly answerLimitBytes: number;
}

export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; the origin is always the transport's own. */
  readonly path: string;
  readonly body?: string;
  readonly accessToken?: string | undefined;
  /** What the answer must look like; absent: it is not read. */
  readonly answer?: z.ZodType<T>;
  /** What an answer of status 300 or more means, for a server that is no DTM server. */
  readonly refusal?: (origin: string, answer: RawAnswer) => DtmError;
}

export interface HttpAnswer<T> {
  readonly value: T;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * JSON over HTTP to one origin: a pool of kept connections, time limits, no redirects, every failure a `DtmError`.
 * It never repeats a request that could change something.
 */
export class Transport {
  readonly #options: TransportOptions;
  #pool: Promise<Pool> | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads the whole answer.
   * @throws DtmError `offline`, `timeout`, `cancelled`, `bad-answer`, or what the server's problem document says
   */
  async send<T>(request: HttpRequest<T>, signal?: AbortSignal): Promise<HttpAnswer<T>> {
    const { origin, requestTimeoutMs } = this.#options;
    if (signal?.aborted) throw cancelled(origin, signal.reason);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), requestTimeoutMs);
    const abort = () => deadline.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await this.#exchange(request, deadline.signal);
    } catch (error) {
      if (isDtmError(error)) throw error;
      if (signal?.aborted) throw cancelled(origin, error);
      throw deadline.signal.aborted ? timedOut(origin, error) : networkError(origin, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends all connections at once; requests under way fail with `cancelled`. */
  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#pool)?.destroy();
  }

  async #exchange<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<HttpAnswer<T>> {
    const { clock, logger, origin } = this.#options;
    const requestId = crypto.randomUUID();
    const started = clock.monotonic();
    const response = await this.#request({
      method: request.method,
      path: request.path,
      headers: headersOf(request, requestId),
      body: request.body ?? null,
      signal,
    });
    const body = await readJson(origin, response, this.#options.answerLimitBytes);
    const { statusCode: status } = response;
    const ms = Math.round(clock.monotonic() - started);
    logger.debug('http', { method: request.method, path: pathOnly(request.path), status, ms, requestId });
    return this.#understand(request, response, body, requestId);
  }

  /**
   * A kept connection may have been closed by the other side (a restart, its idle limit) just before it was used: then
   * a GET is sent once more on a new one, as RFC 9112, 9.3.1 allows for idempotent methods.
   */
  async #request(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    const pool = await this.#open();
    try {
      return await pool.request(request);
    } catch (error) {
      const isStale = ['UND_ERR_SOCKET', 'ECONNRESET'].includes(systemCode(error) ?? '');
      if (!isStale || request.method !== 'GET') throw error;
      return pool.request(request);
    }
  }

  /** The HTTP library is loaded with the first request: much of what DTM does needs none. */
  async #open(): Promise<Pool> {
    this.#pool ??= import('./connectionPool.ts').then(({ openPool }) => openPool(this.#options));
    const pool = await this.#pool;
    if (this.#closed) throw cancelled(this.#options.origin);
    return pool;
  }

  #understand<T>(
    request: HttpRequest<T>,
    response: Dispatcher.ResponseData,
    body: unknown,
    requestId: string,
  ): HttpAnswer<T> {
    const { origin } = this.#options;
    const headers = headersFrom(response.headers);
    if (response.statusCode >= 300) {
      throw (request.refusal ?? answerError)(origin, {
        status: response.statusCode,
        body,
        requestId,
        retryAfter: headers.get('retry-after'),
      });
    }
    if (!request.answer) return { value: undefined as T, headers };
    const parsed = request.answer.safeParse(body);
    if (parsed.success) return { value: parsed.data, headers };
    throw new DtmError('bad-answer', `${origin} answered something else than ${pathOnly(request.path)} should`, {
      hint: 'Update DTM here or on the server, so that both speak the same version.',
      details: { requestId },
      cause: parsed.error,
    });
  }
}

function headersOf(request: HttpRequest<unknown>, requestId: string): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    'x-request-id': requestId,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.accessToken === undefined ? {} : { authorization: `Bearer ${request.accessToken}` }),
  };
}

function headersFrom(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function pathOnly(path: string): string {
  return path.split('?')[0] ?? path;
}
