import { DtmError, type ErrorCode, signedInInstead } from '../core/errors.ts';

const codes: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'token-expired', 'refresh-token-reused']);

/** Whether signing in would help. */
export function isSignInNeeded(error: unknown): error is DtmError {
  return error instanceof DtmError && codes.has(error.code);
}

export function signInHint(origin: string, error?: DtmError): string {
  const other = error && signedInInstead(error);
  const instead = other === undefined ? '' : ` (or work as ${other}: cf_cli bind ${origin} --account ${other})`;
  return `Sign in with: cf_cli auth login --server ${origin}${instead}`;
}

/** Does something that needs to be signed in; says with which command where that is what is missing. */
export async function needingSignIn<T>(origin: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSignInNeeded(error)) throw error;
    throw new DtmError(error.code, error.message, {
      cause: error,
      hint: signInHint(origin, error),
      fields: error.fields,
    });
  }
}
