import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makePersonalToken } from '../../../../src/server/auth/personalTokens.ts';
import { hashToken } from '../../../../src/server/auth/tokens.ts';
import { openSqliteStore } from '../../../../src/server/store/sqliteStore.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

describe('a personal access token', () => {
  const folder = useTemporaryFolder('personal-token');

  it('is valid until it expires', async () => {
    const store = await openSqliteStore(folder());
    try {
      const user = { id: 'u', username: 'anna', role: 'member' } as const;
      await store.write((tx) => tx.accounts.addUser({ ...user, passwordHash: '' }, '2026-01-01T00:00:00.000Z'));
      const ids = { ulid: () => 'token', randomBytes: (count: number) => randomBytes(count) };
      const context = { store, ids, now: () => '2026-01-01T00:00:00.000Z' };
      const { token } = await makePersonalToken(context, user, { name: 'ci', scope: 'read', expires_in_days: 1 });
      const find = (now: string) => store.read((tx) => tx.personalTokens.findByHash(hashToken(token), now));
      assert.equal((await find('2026-01-01T23:59:59.999Z'))?.user.username, 'anna');
      assert.equal(await find('2026-01-02T00:00:00.000Z'), null);
    } finally {
      await store.close();
    }
  });
});
