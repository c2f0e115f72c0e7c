import type { z } from 'zod';
import type { DtmError } from '../core/errors.ts';
import type { AnswerCache } from './answerCache.ts';
import type { RawAnswer } from './answerError.ts';

export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; the origin is always the transport's own. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** More headers, such as `If-Match`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly accessToken?: string | undefined;
  /** What the answer must look like; absent: only that it is no page of something else. */
  readonly answer?: z.ZodType<T>;
  /**
   * Whether sending it twice does no more than sending it once, because the server recognises it again (operation ids).
   * Reading is, and so is what carries an `idempotency-key`.
   */
  readonly repeatable?: boolean;
  /** Asks whether the server is back: goes out even where others are held back because it did not answer. */
  readonly probe?: boolean;
  /** For the whole request with every repeat, in milliseconds. Default: the transport's. */
  readonly budgetMs?: number;
  /** What an answer of status 300 or more means, for a server that is no DTM server. */
  readonly refusal?: (origin: string, answer: RawAnswer) => DtmError;
  /** Where to look for an older answer, and keep this one, to be asked only whether it still holds. */
  readonly cache?: AnswerCache | undefined;
}

export interface HttpAnswer<T> {
  readonly value: T;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Whether a request may be sent again when its answer was lost. */
export function isRepeatable(request: HttpRequest<unknown>): boolean {
  return request.repeatable === true || request.method === 'GET' || request.headers?.['idempotency-key'] !== undefined;
}

/** Names a request in logs and statistics: without ids and without the query, which may hold what people wrote. */
export function operationName({ method, path }: HttpRequest<unknown>): string {
  return `${method} ${pathOnly(path).replace(/\/[PST]-[A-Za-z0-9_-]+(?=\/|$)/g, '/{id}')}`;
}

export function pathOnly(path: string): string {
  return path.split('?')[0] ?? path;
}
