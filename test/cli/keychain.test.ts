import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { noSecretService, type SecretService, startSecretService } from '../support/secretService.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { type Shell, useShell } from './cfCli.ts';

const noKeychain = { DTM_KEYRING: '', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };
const watching = `--import=${pathToFileURL(join(import.meta.dirname, '../support/countNativeModules.ts'))}`;

describe('cf_cli: where the sign-in is kept', () => {
  const shell = useShell();
  let server: DtmServer;
  before(async () => {
    server = await startDtmServer();
  });
  after(() => server.dispose());

  async function signIn(cf: Shell) {
    const args = ['auth', 'login', '--server', server.origin, '--username', server.username, '--password-stdin'];
    const result = await cf.run(args, { input: `${server.password}\n` });
    assert.equal(result.code, 0, result.stderr);
    return result;
  }

  const kept = async (cf: Shell): Promise<readonly string[]> => {
    const text = await readFile(join(cf.stateHome, 'cli-tokens.json'), 'utf8');
    return Object.keys((JSON.parse(text) as { tokens: object }).tokens).sort();
  };
  const names = () => ({
    refresh: `${server.origin}|admin`,
    short: [`access|${server.origin}|admin`, `${server.origin}|last-account`],
  });

  it('is a file where no keychain answers, which is said once', async () => {
    const cf = shell().with(noKeychain);
    assert.match((await signIn(cf)).stderr, /no keychain answers here, so the sign-in is kept in .*cli-tokens\.json/);
    assert.deepEqual(await kept(cf), [...names().short, names().refresh].sort());
    const again = await cf.ok('auth', 'status', '--server', server.origin);
    assert.equal(again.stderr, '');
    await cf.ok('auth', 'logout', '--server', server.origin);
    assert.deepEqual(await kept(cf), []);
  });

  it('is a file without a word where the keychain was switched off', async () => {
    const cf = shell().with({ DTM_KEYRING: 'off' });
    assert.equal((await signIn(cf)).stderr, '');
    assert.ok((await kept(cf)).includes(names().refresh));
    const wrong = await cf.with({ DTM_KEYRING: 'perhaps' }).run(['auth', 'status', '--server', server.origin]);
    assert.equal(wrong.code, 78);
    assert.match(wrong.stderr, /DTM_KEYRING/);
  });

  it('loads no native module for what a person does all day', async () => {
    const cf = shell().with({ ...noKeychain, NODE_OPTIONS: watching });
    assert.match((await signIn(cf)).stderr, /native module: .*keyring/);
    const quiet = ['--version', 'task list', `bind ${server.origin}`, 'task create Title', 'task list', 'status'];
    for (const line of quiet) {
      assert.doesNotMatch((await cf.ok(...line.split(' '))).stderr, /native module/, line);
    }
  });

  describe('on a desktop with a keychain', () => {
    const why = noSecretService();
    let keychain: SecretService;
    let home: string;

    before(async function () {
      if (why) {
        console.log(`      skipped: ${why}`);
        return this.skip();
      }
      home = await makeTemporaryFolder('keychain');
      keychain = await startSecretService(home);
    });
    after(async () => {
      await keychain?.stop();
      if (home) await removeTemporaryFolder(home);
    });

    it('is the keychain, and the file has nothing that is good for long', async () => {
      const cf = shell().with({ DTM_KEYRING: '', ...keychain.env });
      assert.equal((await signIn(cf)).stderr, '');
      assert.deepEqual(await kept(cf), names().short);
      assert.equal((await cf.ok('auth', 'status', '--server', server.origin, '--json')).json().item.username, 'admin');
      await cf.ok('auth', 'logout', '--server', server.origin);
      const after = await cf.run(['auth', 'status', '--server', server.origin]);
      assert.match(after.stderr, /cf_cli auth login/);
    });

    it('takes over what a file had, at the next renewal', async () => {
      const file = shell().with({ DTM_KEYRING: 'off' });
      await signIn(file);
      await forgetAccess(file);
      const cf = shell().with({ DTM_KEYRING: '', ...keychain.env });
      await cf.ok('auth', 'status', '--server', server.origin);
      assert.deepEqual(await kept(cf), names().short);
      await forgetAccess(cf);
      await cf.ok('auth', 'status', '--server', server.origin);
    });

    it('is one for each state folder', async () => {
      const cf = shell().with({ DTM_KEYRING: '', ...keychain.env });
      await signIn(cf);
      const other = cf.with({ DTM_STATE_HOME: join(home, 'other') });
      const status = await other.run(['auth', 'status', '--server', server.origin]);
      assert.match(status.stderr, /not signed in/);
    });

    /** As if its quarter of an hour were over. */
    async function forgetAccess(cf: Shell): Promise<void> {
      const path = join(cf.stateHome, 'cli-tokens.json');
      const file = JSON.parse(await readFile(path, 'utf8')) as { tokens: Record<string, string> };
      delete file.tokens[`access|${server.origin}|admin`];
      await writeFile(path, JSON.stringify(file), { mode: 0o600 });
    }
  });
});
