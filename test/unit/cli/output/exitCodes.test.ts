import assert from 'node:assert/strict';
import { exitCodeOf } from '../../../../src/cli/output/exitCodes.ts';
import type { ErrorCode } from '../../../../src/core/errors.ts';

/** What the documentation promises, by exit code. */
const promised: Readonly<Record<number, readonly ErrorCode[]>> = {
  1: ['internal'],
  64: ['usage', 'ambiguous-id'],
  65: [
    'validation',
    'illegal-transition',
    'has-dependents',
    'dependency-cycle',
    'sprint-project-mismatch',
    'damaged-file',
  ],
  66: ['not-found', 'no-workspace', 'cannot-read'],
  69: ['offline', 'timeout', 'unavailable', 'rate-limited', 'port-taken'],
  73: ['cannot-write'],
  76: ['conflict', 'version-mismatch', 'already-exists'],
  77: ['unauthenticated', 'token-expired', 'forbidden'],
  78: ['configuration', 'not-bound', 'incompatible'],
  130: ['cancelled'],
};

describe('exit codes', () => {
  for (const [code, errors] of Object.entries(promised)) {
    it(`are ${code} for ${errors.join(', ')}`, () => {
      for (const error of errors) assert.equal(exitCodeOf(error), Number(code), error);
    });
  }
});
