import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { loadSharedSecrets, rotateSharedKeys } from '../../../../src/server/auth/secrets.ts';
import { Tokens } from '../../../../src/server/auth/tokens.ts';
import { openSqliteStore } from '../../../../src/server/store/sqliteStore.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

describe('keys that several processes share', () => {
  const folder = useTemporaryFolder('shared-keys');

  it('are found by each of them when they were changed, and the last two are valid', async () => {
    const store = await openSqliteStore(folder());
    try {
      const load = () => loadSharedSecrets(store);
      const running = await Tokens.create(load, 'server', 60);
      const user = { id: 'u', username: 'anna', role: 'member' } as const;
      const first = await running.sign(user, 'first');
      await rotateSharedKeys(store);
      const restarted = await Tokens.create(load, 'server', 60);
      const second = await restarted.sign(user, 'second');
      assert.equal(await restarted.verify(first), 'first');
      const accept = () => running.verify(second).catch(() => undefined);
      while ((await accept()) === undefined) await setTimeout(20);
      assert.equal(await accept(), 'second');
      assert.deepEqual(await running.publicKeys(), await restarted.publicKeys());
      assert.equal(running.successorOf('x'), restarted.successorOf('x'));
      await rotateSharedKeys(store);
      const last = await Tokens.create(load, 'server', 60);
      await assert.rejects(last.verify(first), { code: 'unauthenticated' });
      assert.equal(await last.verify(second), 'second');
    } finally {
      await store.close();
    }
  });
});
