import type { ErrorCode } from '../../core/errors.ts';

/** Exit codes after sysexits.h. */
export const ExitCode = {
  ok: 0,
  unexpected: 1,
  usage: 64,
  invalid: 65,
  notFound: 66,
  unreachable: 69,
  cannotWrite: 73,
  queued: 75,
  conflict: 76,
  notAllowed: 77,
  configuration: 78,
  interrupted: 130,
} as const;

const codes: Readonly<Record<ErrorCode, number>> = {
  'bad-request': ExitCode.invalid,
  unauthenticated: ExitCode.notAllowed,
  'token-expired': ExitCode.notAllowed,
  'refresh-token-reused': ExitCode.notAllowed,
  forbidden: ExitCode.notAllowed,
  'not-found': ExitCode.notFound,
  'method-not-allowed': ExitCode.unexpected,
  'already-exists': ExitCode.conflict,
  'illegal-transition': ExitCode.invalid,
  'has-dependents': ExitCode.invalid,
  'dependency-cycle': ExitCode.invalid,
  'cursor-expired': ExitCode.unexpected,
  'version-mismatch': ExitCode.conflict,
  'too-large': ExitCode.invalid,
  'unsupported-media-type': ExitCode.unexpected,
  validation: ExitCode.invalid,
  'sprint-project-mismatch': ExitCode.invalid,
  'idempotency-mismatch': ExitCode.conflict,
  'rate-limited': ExitCode.unreachable,
  unavailable: ExitCode.unreachable,
  overloaded: ExitCode.unreachable,
  internal: ExitCode.unexpected,
  offline: ExitCode.unreachable,
  timeout: ExitCode.unreachable,
  'bad-answer': ExitCode.unreachable,
  incompatible: ExitCode.configuration,
  'data-exchanged': ExitCode.unreachable,
  conflict: ExitCode.conflict,
  'gate-blocked': ExitCode.invalid,
  'ambiguous-id': ExitCode.usage,
  'cannot-read': ExitCode.notFound,
  'cannot-write': ExitCode.cannotWrite,
  'damaged-file': ExitCode.invalid,
  'no-workspace': ExitCode.notFound,
  'not-bound': ExitCode.configuration,
  'port-taken': ExitCode.unreachable,
  configuration: ExitCode.configuration,
  usage: ExitCode.usage,
  cancelled: ExitCode.interrupted,
};

export function exitCodeOf(code: ErrorCode): number {
  return codes[code];
}
