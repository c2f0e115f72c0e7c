import { isProblemSlug, type ProblemBody, type ProblemSlug, problemStatus, problemType } from '../api/problem.ts';
import { DtmError, isDtmError } from '../core/errors.ts';

const titles: Readonly<Record<ProblemSlug, string>> = {
  'bad-request': 'The request cannot be read',
  unauthenticated: 'Sign in first',
  'token-expired': 'The access token has expired',
  'refresh-token-reused': 'The refresh token was used before',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  'already-exists': 'Already exists',
  'illegal-transition': 'The status cannot follow',
  'has-dependents': 'Something still depends on it',
  'dependency-cycle': 'Would depend on itself',
  conflict: 'Changed meanwhile',
  'cursor-expired': 'The cursor is no longer valid',
  'version-mismatch': 'Another version is current',
  'too-large': 'Too large',
  'unsupported-media-type': 'Unsupported media type',
  validation: 'Not valid',
  'sprint-project-mismatch': 'The sprint belongs to another project',
  'idempotency-mismatch': 'The idempotency key was used for another request',
  'rate-limited': 'Too many requests',
  internal: 'Internal error',
  unavailable: 'Unavailable',
  overloaded: 'Overloaded',
};

/** An error as `application/problem+json`, without what belongs to one request. */
export function toProblem(error: DtmError): ProblemBody {
  const slug: ProblemSlug = isProblemSlug(error.code) ? error.code : 'internal';
  return {
    ...error.details,
    type: problemType(slug),
    title: titles[slug],
    status: problemStatus[slug],
    detail: [error.message, error.hint]
      .filter((part) => part !== undefined)
      .map(sentence)
      .join(' '),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.fields.length > 0 ? { errors: [...error.fields] } : {}),
  };
}

function sentence(text: string): string {
  const ending = /[.!?]$/.test(text) ? '' : '.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${ending}`;
}

interface Failure {
  readonly code?: unknown;
  readonly statusCode?: unknown;
}

/** Whatever went wrong, as an error that may be told: nothing of the machine's inside is in it. */
export function toTellable(error: unknown): DtmError {
  if (isDtmError(error) && isProblemSlug(error.code)) return error;
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as Failure;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(error);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return wrongMediaType(error);
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new DtmError('bad-request', 'the request cannot be read', { cause: error, hint: 'Send well-formed HTTP.' });
  }
  return new DtmError('internal', 'something went wrong in the server', {
    cause: error,
    hint: 'Try again; if it goes on, look for the request id in the log of the server.',
    retryable: true,
  });
}

function tooLarge(cause: unknown): DtmError {
  return new DtmError('too-large', 'the body is too large', {
    cause,
    hint: 'Send it in smaller parts: at most 8 MiB at once, and 16 KiB for signing in.',
  });
}

function wrongMediaType(cause: unknown): DtmError {
  const hint = 'Send JSON with the header Content-Type: application/json.';
  return new DtmError('unsupported-media-type', 'the body is not declared as JSON', { cause, hint });
}
