/** Every kind of failure the product knows. The first group is also the list of problem slugs on the wire. */
export type ErrorCode =
  | 'bad-request'
  | 'unauthenticated'
  | 'token-expired'
  | 'refresh-token-reused'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'already-exists'
  | 'illegal-transition'
  | 'has-dependents'
  | 'dependency-cycle'
  | 'cursor-expired'
  | 'version-mismatch'
  | 'too-large'
  | 'unsupported-media-type'
  | 'validation'
  | 'sprint-project-mismatch'
  | 'idempotency-mismatch'
  | 'rate-limited'
  | 'unavailable'
  | 'overloaded'
  | 'internal'
  // Failures that never travel: they arise on this machine.
  | 'offline'
  | 'timeout'
  | 'bad-answer'
  | 'incompatible'
  /** Other data answers than at the request before: a restored backup, or another server in its place. */
  | 'data-exchanged'
  | 'conflict'
  /** A quality gate that is set to block objects, and nobody gave a reason to go on. */
  | 'gate-blocked'
  | 'ambiguous-id'
  | 'cannot-read'
  | 'cannot-write'
  | 'damaged-file'
  | 'no-workspace'
  | 'not-bound'
  | 'port-taken'
  | 'configuration'
  | 'usage'
  | 'cancelled';

/** One field that is wrong: `path` in wire names, joined with dots. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface DtmErrorOptions {
  /** What the person can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Whether the same request may succeed later without a change. */
  readonly retryable?: boolean;
  readonly fields?: readonly FieldProblem[];
  /** Machine-readable facts that belong to the code (`from`, `to`, `allowed`, counts, …). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of the product: what happened, what to do, and the facts behind it. */
export class DtmError extends Error {
  override readonly name = 'DtmError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly fields: readonly FieldProblem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: DtmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.fields = options.fields ?? [];
    this.details = options.details ?? {};
  }
}

/** The account that an error says is signed in instead of the one that is needed. */
export function signedInInstead({ details }: DtmError): string | undefined {
  return typeof details.signedIn === 'string' ? details.signedIn : undefined;
}

/** Tells whether `error` is a {@link DtmError}, and of the given code if one is named. */
export function isDtmError(error: unknown, code?: ErrorCode): error is DtmError {
  return error instanceof DtmError && (code === undefined || error.code === code);
}

/** The error code that Node.js gives to failures of files and sockets, such as `EACCES`. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
