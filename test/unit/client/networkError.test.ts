import assert from 'node:assert/strict';
import { networkError } from '../../../src/client/networkError.ts';

const origin = 'http://127.0.0.1:8000';
const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('network errors', () => {
  it('calls only what the network reported offline', () => {
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EHOSTUNREACH']) {
      const error = networkError(origin, withCode(code));
      assert.deepEqual([error.code, error.retryable], ['offline', true]);
      assert.match(error.message, new RegExp(code));
    }
  });

  it('does not hide a fault of ours behind the word offline', () => {
    assert.equal(networkError(origin, new TypeError('x is not a function')).code, 'internal');
  });

  it('keeps the cause and names the address, never a token', () => {
    const cause = withCode('ECONNREFUSED');
    const error = networkError(origin, cause);
    assert.equal(error.cause, cause);
    assert.ok(error.hint?.includes(origin));
  });
});
