import assert from 'node:assert/strict';
import { isCollision, outageOf, tellable } from '../../../../src/server/store/postgresErrors.ts';
import { rejectsWith } from '../../../support/rejects.ts';

const failure = (code: string, message = 'from the driver, with select * from secrets') =>
  Object.assign(new Error(message), { code });

describe('errors of PostgreSQL', () => {
  for (const code of [
    '57P01',
    '57P03',
    '08006',
    '53300',
    '53100',
    '25006',
    '55P03',
    '57014',
    'ECONNREFUSED',
    'EPIPE',
  ]) {
    it(`tell of an outage that passes: ${code}`, async () => {
      const error = await rejectsWith(tellable(Promise.reject(failure(code))), 'unavailable');
      assert.equal(error.retryable, true);
      assert.doesNotMatch(error.message + error.hint, /secrets|ECONN|EPIPE/);
    });
  }

  for (const message of [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ]) {
    it(`know what the driver says without a code: ${message}`, () => {
      assert.notEqual(outageOf(new Error(message)), undefined);
    });
  }

  for (const code of ['22021', '22P02', '22003']) {
    it(`tell of a value that there is no room for: ${code}`, async () => {
      await rejectsWith(tellable(Promise.reject(failure(code))), 'validation');
    });
  }

  it('are tried again only where another transaction was in the way', () => {
    for (const code of ['40001', '40P01', '23505']) assert.equal(isCollision(failure(code)), true, code);
    for (const code of ['23503', '57P01', 'ECONNRESET']) assert.equal(isCollision(failure(code)), false, code);
  });

  it('stay what they are where it is our own mistake', async () => {
    const mistake = failure('42601');
    await assert.rejects(tellable(Promise.reject(mistake)), mistake);
  });
});
