import assert from 'node:assert/strict';
import { slowdownMs, throttled } from '../../../../src/server/auth/loginThrottle.ts';
import { openSqliteStore } from '../../../../src/server/store/sqliteStore.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

describe('throttling of sign-ins', () => {
  const folder = useTemporaryFolder('throttle');

  it('slows a name down step by step, never for more than two seconds', () => {
    assert.deepEqual([0, 20, 21, 30, 40, 1_000].map(slowdownMs), [0, 0, 100, 1_000, 2_000, 2_000]);
  });

  it('lets an address try again when its oldest failure is a quarter of an hour old', async () => {
    const store = await openSqliteStore(folder());
    try {
      let minute = 0;
      const now = () => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
      const check = async (right: boolean) => throttled({ store, now }, 'anna', '192.0.2.1', async () => right);
      for (; minute < 10; minute++) assert.equal(await check(false), false);
      await assert.rejects(check(true), { code: 'rate-limited', details: { retry_after_s: 300 } });
      minute = 15;
      assert.equal(await check(false), false);
      await assert.rejects(check(true), { code: 'rate-limited', details: { retry_after_s: 60 } });
      minute = 16;
      assert.equal(await check(true), true);
    } finally {
      await store.close();
    }
  });
});
