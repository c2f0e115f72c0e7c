import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TokenFile } from '../../src/cli/tokenFile.ts';
import { Shell } from '../cli/cfCli.ts';
import { type DtmServer, useDtmServer } from '../support/dtmServer.ts';
import { startProcess } from '../support/processes.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { openTestApp } from '../support/testApp.ts';
import { FaultGateway } from './faultGateway.ts';

const lifeS = 4;
const refresh = /^\/auth\/refresh/;

describe('one token family in several processes', function () {
  this.timeout(60_000);
  const server = useDtmServer({ env: { DTM_ACCESS_TOKEN_TTL_S: String(lifeS) } });
  const root = useTemporaryFolder('tokens');
  let gateway: FaultGateway;
  beforeEach(async () => {
    gateway = await FaultGateway.start(server().origin);
  });
  afterEach(() => gateway.stop());

  const store = () => join(root(), 'secrets.json');
  const stateHome = () => join(root(), 'state');

  /** What the store has of the access token. */
  const shared = async () => {
    const text = await new TokenFile(store()).get(`access|${gateway.origin}|admin`);
    return JSON.parse(text ?? '{}') as { token: string; renew_at: number; life_ms: number };
  };

  /** Fifty requests in each of two windows at the same moment. @returns what became of them */
  async function askInTwoWindows(): Promise<readonly string[]> {
    const worker = join(import.meta.dirname, 'tokenWorker.ts');
    const windows = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const folder = join(root(), name);
        await mkdir(folder, { recursive: true });
        return startProcess(process.execPath, [worker, gateway.origin, stateHome(), folder, store()]);
      }),
    );
    await Promise.all(windows.map((window) => window.waitForLine(/^ready$/)));
    for (const window of windows) window.write('go\n');
    const lines = await Promise.all(windows.map((window) => window.waitForLine(/^\[/)));
    await Promise.all(windows.map((window) => window.exited));
    return lines.flatMap((line) => JSON.parse(line) as string[]);
  }

  async function signIn({ username, password }: DtmServer): Promise<void> {
    const app = await openTestApp(stateHome(), root(), { surface: 'extension', tokens: new TokenFile(store()) });
    await app.accounts.login(gateway.origin, username, password);
    await app.close();
  }

  const everyone = Array.from({ length: 100 }, () => 'admin');

  it('renews once for a hundred requests of two windows when the time has come', async () => {
    await signIn(server());
    await delay((await shared()).renew_at - Date.now() + 10);
    assert.deepEqual(await askInTwoWindows(), everyone);
    assert.equal(gateway.count(refresh), 1);
  });

  it('renews once when the server is the first to notice, and nobody hears of it', async () => {
    await signIn(server());
    const access = await shared();
    await delay(lifeS * 1_000 + 500);
    // The clock of this machine says that there is time left.
    const late = JSON.stringify({ ...access, renew_at: Date.now() + 900_000, life_ms: 900_000 });
    await new TokenFile(store()).set(`access|${gateway.origin}|admin`, late);
    assert.deepEqual(await askInTwoWindows(), everyone);
    assert.equal(gateway.count(refresh), 1);
  });

  it('survives the death of the one that was about to renew', async () => {
    await signIn(server());
    await delay((await shared()).renew_at - Date.now() + 10);
    const { promise: isAsked, resolve } = deferred();
    gateway.fault = { paths: refresh, apply: resolve };
    const worker = join(import.meta.dirname, 'tokenWorker.ts');
    const dying = await startProcess(process.execPath, [worker, gateway.origin, stateHome(), root(), store()]);
    await dying.waitForLine(/^ready$/);
    dying.write('go\n');
    await isAsked;
    await dying.kill();
    gateway.fault = undefined;
    assert.deepEqual(await askInTwoWindows(), everyone);
  });

  it('renews once for eight commands at once', async () => {
    await mkdir(join(root(), 'workspace'), { recursive: true });
    const cf = new Shell(join(root(), 'workspace'), stateHome());
    const login = ['auth', 'login', '--server', gateway.origin, '-u', server().username, '--password-stdin'];
    assert.equal((await cf.run(login, { input: server().password })).code, 0);
    await delay(lifeS * 1_000);
    const status = () => cf.run(['auth', 'status', '--server', gateway.origin]);
    const results = await Promise.all(Array.from({ length: 8 }, status));
    assert.deepEqual(
      results.map(({ code, stderr }) => `${code}${stderr}`),
      results.map(() => '0'),
    );
    assert.equal(gateway.count(refresh), 1);
  });

  it('is one of the editor and another of cf_cli: signing out of one does not touch the other', async () => {
    await mkdir(join(root(), 'workspace'), { recursive: true });
    await signIn(server());
    const cf = new Shell(join(root(), 'workspace'), stateHome());
    const login = ['auth', 'login', '--server', gateway.origin, '-u', server().username, '--password-stdin'];
    await cf.run(login, { input: server().password });
    await cf.ok('auth', 'logout', '--server', gateway.origin);
    assert.deepEqual(await askInTwoWindows(), everyone);
    const kept = JSON.parse(await readFile(join(stateHome(), 'cli-tokens.json'), 'utf8')) as { tokens: object };
    assert.deepEqual(kept.tokens, {});
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
