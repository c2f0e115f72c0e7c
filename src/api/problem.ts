import * as z from 'zod';
import type { ErrorCode } from '../core/errors.ts';

/** An error on the wire: RFC 9457 `application/problem+json`. `detail` says what happened and what to do. */
export const problemBody = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
  /** What to do, one sentence. */
  hint: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
});
export type ProblemBody = z.infer<typeof problemBody>;

export const problemMediaType = 'application/problem+json';

/** The HTTP status of each problem that travels. */
export const problemStatus = {
  'bad-request': 400,
  unauthenticated: 401,
  'token-expired': 401,
  'refresh-token-reused': 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'already-exists': 409,
  'illegal-transition': 409,
  'has-dependents': 409,
  'dependency-cycle': 409,
  conflict: 409,
  'cursor-expired': 410,
  'version-mismatch': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  validation: 422,
  'sprint-project-mismatch': 422,
  'idempotency-mismatch': 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  overloaded: 503,
} as const satisfies Partial<Record<ErrorCode, number>>;

export type ProblemSlug = keyof typeof problemStatus;

export function isProblemSlug(code: string): code is ProblemSlug {
  return Object.hasOwn(problemStatus, code);
}

/** `/problems/<slug>`: the `type` of a problem. */
export function problemType(slug: ProblemSlug): string {
  return `/problems/${slug}`;
}
