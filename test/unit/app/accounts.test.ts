import assert from 'node:assert/strict';
import { useDtmServer } from '../../support/dtmServer.ts';
import { freePort } from '../../support/freePort.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { openTestApp } from '../../support/testApp.ts';

describe('accounts', function () {
  this.timeout(30_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('accounts');

  it('tells a server that nobody is signed in to from one that is not there', async () => {
    const app = await openTestApp(root(), root());
    try {
      await assert.rejects(app.accounts.whoAmI(server().origin), { code: 'unauthenticated' });
      await assert.rejects(app.accounts.whoAmI(`http://127.0.0.1:${await freePort()}`), { code: 'offline' });
    } finally {
      await app.close();
    }
  });

  it('signs in, remembers whom, and forgets it again', async () => {
    const app = await openTestApp(root(), root());
    try {
      const { origin, username, password } = server();
      assert.equal((await app.accounts.login(origin, username, password)).username, username);
      assert.equal((await app.accounts.whoAmI(origin)).role, 'admin');
      assert.equal(await app.accounts.knownAccount(origin), username);
      await app.accounts.logout(origin);
      await assert.rejects(app.accounts.whoAmI(origin), { code: 'unauthenticated' });
    } finally {
      await app.close();
    }
  });
});
