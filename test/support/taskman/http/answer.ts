import type { Value } from '../python/value.ts';

export type Answer = {
  readonly status: number;
  /** Sent as JSON, unless it is `text` with a content type of its own. */
  readonly body?: Value;
  readonly text?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An unhandled exception: no request id, no CORS headers, and the connection ends after the answer. */
  readonly isCrash?: boolean;
  /** The connection ends after the answer, without notice. */
  readonly dropsConnection?: boolean;
};

export function ok(body: Value): Answer {
  return { status: 200, body };
}

export function created(body: Value): Answer {
  return { status: 201, body };
}

export function noContent(): Answer {
  return { status: 204, contentType: 'application/json' };
}

export const crashAnswer: Answer = {
  status: 500,
  body: { detail: 'Internal server error', status_code: 500 },
  isCrash: true,
};

/** FastAPI's `HTTPException`. */
export class HttpError extends Error {
  readonly answer: Answer;

  constructor(status: number, detail: Value, headers: Readonly<Record<string, string>> = {}) {
    super(`${status}`);
    this.answer = { status, body: { detail }, headers };
  }
}

/** An exception that the application does not catch. */
export class Crash extends Error {}
