import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenFile } from '../../src/cli/tokenFile.ts';
import { createOperation } from '../../src/core/expand.ts';
import { Shell } from '../cli/cfCli.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { answerJson, answerProblem, type Script, ScriptedServer } from '../support/httpServer.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { openTestApp } from '../support/testApp.ts';
import { makeClient } from './client.ts';
import { FaultGateway } from './faultGateway.ts';
import { author } from './subject.ts';

/** How a server of ours, or one that pretends to be, says what it is. */
const identity = { 'DTM-Server': 'S', 'DTM-Dataset': 'D;epoch=1' };
const rootAnswer = { name: 'DTM API', version: '1', flavour: 'dtm', api: ['v1'], docs: '', health: '', time: '' };

describe('whoever would like to have a token', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('leaks');
  const workspace = () => join(root(), 'workspace');
  const stateHome = () => join(root(), 'state');
  let thief: ScriptedServer;
  /** What the thief answers; it may well speak our language. */
  let script: Script;

  beforeEach(async () => {
    await mkdir(join(workspace(), '.dtm'), { recursive: true });
    script = (_, response) => answerProblem(response, 401, 'unauthenticated');
    thief = await ScriptedServer.start((request, response) => script(request, response));
  });
  afterEach(() => thief.stop());

  const shell = () => new Shell(workspace(), stateHome());

  async function signIn(): Promise<readonly string[]> {
    const args = ['auth', 'login', '--server', server().origin, '-u', server().username, '--password-stdin'];
    assert.equal((await shell().run(args, { input: server().password })).code, 0);
    await shell().ok('bind', server().origin);
    return secrets();
  }

  /** Everything by which somebody could be this account. */
  async function secrets(): Promise<readonly string[]> {
    const { tokens } = JSON.parse(await readFile(join(stateHome(), 'cli-tokens.json'), 'utf8')) as {
      tokens: Record<string, string>;
    };
    const refresh = tokens[`${server().origin}|admin`] ?? assert.fail('no refresh token');
    const { token } = JSON.parse(tokens[`access|${server().origin}|admin`] ?? '{}') as { token: string };
    return [refresh, token, server().password];
  }

  function assertNothingStolen(held: readonly string[], more = ''): void {
    const heard = JSON.stringify(thief.seen) + more;
    for (const secret of held) assert.ok(secret.length > 8 && !heard.includes(secret), 'a secret was heard');
    assert.ok(thief.seen.every(({ headers }) => headers.authorization === undefined));
  }

  it('does not get it as a server that somebody is asked to connect to', async () => {
    const held = await signIn();
    const scripts: Script[] = [
      (_, response) => answerProblem(response, 401, 'unauthenticated'),
      (request, response) =>
        request.path === '/'
          ? answerJson(response, 200, rootAnswer, identity)
          : answerProblem(response, 401, 'token-expired'),
      (_, response) => response.writeHead(307, { location: server().origin }).end(),
    ];
    for (const answer of scripts) {
      script = answer;
      for (const line of [
        `auth status --server ${thief.origin}`,
        `bind ${thief.origin} --yes`,
        `task list --server ${thief.origin}`,
      ]) {
        const { stdout, stderr } = await shell().run([...line.split(' '), '--verbose', '--no-input']);
        assertNothingStolen(held, stdout + stderr);
      }
    }
    assert.ok(thief.seen.length > 0);
  });

  it('does not get it by sending requests elsewhere, whatever is asked', async () => {
    const gateway = await FaultGateway.start(server().origin);
    const client = makeClient({
      origin: gateway.origin,
      network: {},
      connectTimeoutMs: 5_000,
      requestTimeoutMs: 20_000,
    });
    const { host } = new URL(thief.origin);
    const signal = new AbortController().signal;
    try {
      await client.session.login(server().username, server().password);
      const locations = [
        `${thief.origin}/x`,
        `//${host}/x`,
        `http://127.0.0.1@${host}/`,
        `\\\\${host}\\x`,
        `/\\${host}/x`,
      ];
      for (const location of locations) {
        for (const status of [301, 302, 303, 307, 308]) {
          gateway.fault = { paths: /./, apply: ({ response }) => response.writeHead(status, { location }).end() };
          const path = '/api/v1/tasks';
          await assert.rejects(client.authorised.send({ method: 'GET', path }, signal));
          await assert.rejects(client.authorised.send({ method: 'POST', path, body: '{}' }, signal));
          await assert.rejects(client.sync.push([createOperation(author, 'project', 'P-1', { name: 'x' })], signal));
          await assert.rejects(client.session.login(server().username, server().password));
          await assert.rejects(client.sync.watch(() => null, { onOpen() {}, onNews() {} }, signal));
        }
      }
      assert.deepEqual(thief.seen, []);
    } finally {
      await client.transport.close();
      await gateway.stop();
    }
  });

  it('does not get it from a folder: what .dtm or .vscode says about servers, proxies and certificates counts nothing', async () => {
    const held = await signIn();
    const wishes = {
      server: thief.origin,
      url: thief.origin,
      api_url: thief.origin,
      DTM_API_URL: thief.origin,
      http_proxy: thief.origin,
      httpProxy: thief.origin,
      proxy: thief.origin,
      caFile: '/tmp/ca.pem',
      token: 'dtm_pat_of_the_thief',
      account: 'admin',
      binding: { origin: thief.origin, serverId: 'S', datasetId: 'D', epoch: 0, account: 'admin' },
    };
    await mkdir(join(workspace(), '.vscode'), { recursive: true });
    await writeFile(join(workspace(), '.dtm/config.json'), JSON.stringify(wishes));
    await writeFile(join(workspace(), '.env'), `DTM_API_URL=${thief.origin}\nHTTP_PROXY=${thief.origin}\n`);
    const settings = { 'dtm.server.url': thief.origin, 'http.proxy': thief.origin, 'dtm.tls.ca': '/tmp/ca.pem' };
    await writeFile(join(workspace(), '.vscode/settings.json'), JSON.stringify(settings));
    const known = JSON.parse(await readFile(join(workspace(), '.dtm/workspace.json'), 'utf8')) as object;
    await writeFile(join(workspace(), '.dtm/workspace.json'), JSON.stringify({ ...known, ...wishes }));
    for (const line of [
      'project create Website',
      'task create Title',
      'sync run',
      'status',
      'auth status',
      'task list',
    ]) {
      const { code, stderr } = await shell().run(line.split(' '));
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
    assert.deepEqual(thief.seen, []);
    assertNothingStolen(held);
  });

  it('does not get it by taking the place of a local server that has ended', async () => {
    const tokens = new TokenFile(join(root(), 'secrets.json'));
    const app = await openTestApp(stateHome(), workspace(), { tokens });
    await tokens.set(`${thief.origin}|last-account`, 'admin');
    const file = {
      pid: 1,
      origin: thief.origin,
      server_id: 'S',
      secret: 'secret-of-a-start',
      started_at: new Date().toISOString(),
    };
    await mkdir(join(stateHome(), 'servers'), { recursive: true });
    await writeFile(join(stateHome(), `servers/${new URL(thief.origin).port}.json`), JSON.stringify(file), {
      mode: 0o600,
    });
    const challenge = { server_nonce: 'n'.repeat(32), server_proof: 'p'.repeat(43) };
    script = ({ path }, response) => answerJson(response, 200, path === '/' ? rootAnswer : challenge, identity);
    // The first thing asked is a proof; what comes of the rest does not matter.
    await assert.rejects(app.accounts.whoAmI(thief.origin)).finally(() => app.close());
    assert.ok(thief.seen.some(({ path }) => path === '/auth/bootstrap'));
    assertNothingStolen([file.secret]);
    assert.ok(thief.seen.every(({ body }) => !body.includes('client_proof')));
  });
});
