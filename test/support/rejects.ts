import assert from 'node:assert/strict';
import { DtmError, type ErrorCode } from '../../src/core/errors.ts';

/** Waits for a failure of the given code, and gives it for a closer look. */
export async function rejectsWith(promise: Promise<unknown>, code: ErrorCode): Promise<DtmError> {
  const error = await promise.then(
    (value) => assert.fail(`expected ${code}, got ${shortened(value)}`),
    (reason: unknown) => reason,
  );
  return expectCode(error, code);
}

/** Runs something that must fail with the given code, and gives the error for a closer look. */
export function throwsWith(action: () => unknown, code: ErrorCode): DtmError {
  let value: unknown;
  try {
    value = action();
  } catch (error) {
    return expectCode(error, code);
  }
  return assert.fail(`expected ${code}, got ${shortened(value)}`);
}

function expectCode(error: unknown, code: ErrorCode): DtmError {
  if (!(error instanceof DtmError)) throw error;
  assert.equal(error.code, code, `${error.code}: ${error.message}`);
  return error;
}

function shortened(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 300);
}
