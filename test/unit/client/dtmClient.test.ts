import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { monotonicFactory } from 'ulid';
import { runtimeFile } from '../../../src/api/auth.ts';
import { createDtmClient, type DtmClient, type DtmClientOptions } from '../../../src/client/dtmClient.ts';
import { type Author, createOperation, deleteOperations, updateOperation } from '../../../src/core/expand.ts';
import type { Operation } from '../../../src/core/operation.ts';
import type { PushResult } from '../../../src/core/ports.ts';
import { type RunningServer, startServer } from '../../../src/server/server.ts';
import { readSettings } from '../../../src/server/settings.ts';
import { Api } from '../../contract/api.ts';
import { startDtmServer } from '../../support/dtmServer.ts';
import { answerJson, type Script, ScriptedServer } from '../../support/httpServer.ts';
import { ManualClock, MemoryLogger, MemoryTokens } from '../../support/ports.ts';
import { rejectsWith, throwsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const newId = monotonicFactory();
const author: Author = { account: 'admin', surface: 'cli', now: () => '2026-03-01T12:00:00.000Z', newId };
const signal = new AbortController().signal;
const password = 'correct horse battery';

async function signInAt(origin: string): Promise<string> {
  const body = JSON.stringify({ username: 'admin', password });
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${origin}/auth/login`, { method: 'POST', headers, body });
  return ((await login.json()) as { access_token: string }).access_token;
}

/** Waits until a token that is issued now is refused: then every older one is refused as well. */
async function nextTokenExpires(origin: string): Promise<void> {
  const token = await signInAt(origin);
  const isRefused = async () => {
    const answer = await fetch(`${origin}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status === 401;
  };
  while (!(await isRefused())) await setTimeout(50);
}

describe('DtmClient', () => {
  const folder = useTemporaryFolder('client');
  let clients: DtmClient[] = [];
  let server: RunningServer | undefined;
  let tokens = new MemoryTokens();
  let clock = new ManualClock();

  beforeEach(() => {
    tokens = new MemoryTokens();
    clock = new ManualClock();
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    clients = [];
    await server?.stop();
    server = undefined;
  });

  async function start(port = 0, more: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
    const env = {
      DTM_STATE_HOME: folder(),
      DTM_PORT: String(port),
      DTM_ADMIN_PASSWORD: password,
      DTM_LOG_LEVEL: 'silent',
      DTM_ENV: 'test',
      ...more,
    };
    server = await startServer(readSettings({ env, platform: process.platform, home: folder() }));
    return server;
  }

  function clientOf(origin: string, options: Partial<DtmClientOptions> = {}): DtmClient {
    const client = createDtmClient({ origin, tokens, clock, logger: new MemoryLogger(), ...options });
    clients.push(client);
    return client;
  }

  const readRuntimeFile = async (origin: string) =>
    runtimeFile.parse(JSON.parse(await readFile(join(folder(), 'servers', `${new URL(origin).port}.json`), 'utf8')));

  async function signedIn(): Promise<DtmClient> {
    const client = clientOf((await start()).origin);
    await client.login('admin', password);
    return client;
  }

  const outcomes = (results: readonly PushResult[]) => results.map((result) => result.outcome);

  it('refuses an address that is no exact origin, and says which one to use', () => {
    const error = throwsWith(() => clientOf('http://127.0.0.1:8000/'), 'configuration');
    assert.match(error.hint ?? '', /Use http:\/\/127\.0\.0\.1:8000\./);
    for (const bad of ['', 'localhost:8000', 'file:///etc', 'http://u:p@h']) {
      throwsWith(() => clientOf(bad), 'configuration');
    }
  });

  it('signs in with a password, and tells who it is', async () => {
    const client = await signedIn();
    assert.equal((await client.me()).username, 'admin');
    assert.equal(client.account, 'admin');
  });

  it('tells a wrong password from a server that is not there', async () => {
    const { origin } = await start();
    const error = await rejectsWith(clientOf(origin).login('admin', 'wrong password'), 'unauthenticated');
    assert.match(error.message, /password/);
    assert.ok(error.hint);
    assert.deepEqual([...tokens.values], []);
  });

  it('signs in to a local server by its runtime file', async () => {
    const { origin } = await start();
    const client = clientOf(origin, { runtimeFile: readRuntimeFile });
    assert.equal((await client.me()).username, 'admin');
    assert.ok(tokens.values.get(`${origin}|admin`));
  });

  it('goes on with the kept token after a restart of client and server', async () => {
    const client = await signedIn();
    const { origin, port } = server!;
    await server!.stop();
    await rejectsWith(client.me(), 'offline');
    assert.ok(tokens.values.get(`${origin}|admin`), 'the token is kept');
    await start(port);
    assert.equal((await client.me()).username, 'admin');
    assert.equal((await clientOf(origin).me()).username, 'admin');
  });

  it('renews the token at its expiry, once for fifty requests', async () => {
    const client = await signedIn();
    const key = `${server!.origin}|admin`;
    const before = tokens.writes.length;
    clock.advance(900_000);
    await Promise.all(Array.from({ length: 50 }, () => client.me()));
    assert.deepEqual(tokens.writes.slice(before), [`set ${key}`, `set access|${key}`]);
  });

  it('renews a token that the server no longer takes, once for fifty requests', async () => {
    const client = clientOf((await start(0, { DTM_ACCESS_TOKEN_TTL_S: '2' })).origin);
    await client.login('admin', password);
    await nextTokenExpires(server!.origin);
    const before = tokens.writes.length;
    await Promise.all(Array.from({ length: 50 }, () => client.me()));
    const key = `${server!.origin}|admin`;
    assert.deepEqual(tokens.writes.slice(before), [`set ${key}`, `set access|${key}`]);
  }).timeout(10_000);

  it('works with a personal access token, knows whose it is, and keeps nothing', async () => {
    const { origin } = await start();
    const owner = new Api(origin, await signInAt(origin));
    const made = await owner.must('POST', '/auth/tokens', { name: 'CI', scope: 'write' });
    const client = clientOf(origin, { accessToken: String(made.token) });
    assert.equal(client.account, undefined);
    await client.identify(signal);
    assert.equal(client.account, 'admin');
    const results = await client.push([createOperation(author, 'project', 'P-1', { name: 'One' })], signal);
    assert.deepEqual(outcomes(results), ['applied']);
    await owner.must('DELETE', `/auth/tokens/${made.id}`);
    assert.match((await rejectsWith(client.me(), 'unauthenticated')).hint ?? '', /DTM_TOKEN/);
    assert.deepEqual([...tokens.values], []);
  });

  it('calls a server that was killed offline, keeps the token, and goes on when it is back', async () => {
    const killed = await startDtmServer();
    try {
      const client = clientOf(killed.origin);
      await client.login(killed.username, killed.password);
      await killed.kill();
      const error = await rejectsWith(client.identify(signal), 'offline');
      assert.ok(error.hint?.includes(killed.origin));
      assert.ok(tokens.values.get(`${killed.origin}|admin`));
      await killed.start();
      assert.ok((await client.identify(signal)).serverId);
    } finally {
      await killed.dispose();
    }
  }).timeout(20_000);

  it('ends the session on the server at sign-out', async () => {
    const client = await signedIn();
    const key = `${server!.origin}|admin`;
    const kept = tokens.values.get(key)!;
    await client.logout();
    assert.deepEqual([...tokens.values], []);
    tokens.values.set(key, kept);
    await rejectsWith(clientOf(server!.origin, { account: 'admin' }).me(), 'unauthenticated');
  });

  it('identifies the server and the data behind it, the same after a restart', async () => {
    const client = await signedIn();
    const identity = await client.identify(signal);
    assert.ok(identity.serverId.length > 0 && identity.datasetId.length > 0);
    assert.ok(identity.epoch >= 0);
    const { port } = server!;
    await server!.stop();
    await start(port);
    assert.deepEqual(await client.identify(signal), identity);
  });

  it('asks to sign in before it says who answers', async () => {
    const { origin } = await start();
    await rejectsWith(clientOf(origin).identify(signal), 'unauthenticated');
  });

  it('pushes operations and pulls what they made', async () => {
    const client = await signedIn();
    const project = createOperation(author, 'project', 'P-1', { name: 'Ärger & Söhne 😀' });
    const task = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'First' });
    assert.deepEqual(outcomes(await client.push([project, task], signal)), ['applied', 'applied']);
    assert.deepEqual(outcomes(await client.push([project, task], signal)), ['duplicate', 'duplicate']);
    const page = await client.pull(null, signal);
    assert.deepEqual(
      page.changes.map(({ id, version, opId }) => ({ id, version, opId })),
      [
        { id: 'P-1', version: 1, opId: project.opId },
        { id: 'T-1', version: 1, opId: task.opId },
      ],
    );
    assert.equal(
      page.changes[0]?.data && 'name' in page.changes[0].data && page.changes[0].data.name,
      'Ärger & Söhne 😀',
    );
    assert.equal(page.hasMore, false);
    assert.deepEqual((await client.pull(page.next, signal)).changes, []);
  });

  it('reports conflicts, rejections and what had to wait, in the order of the operations', async () => {
    const client = await signedIn();
    const project = createOperation(author, 'project', 'P-1', { name: 'One' });
    const [applied] = await client.push([project], signal);
    assert.equal(applied?.outcome, 'applied');
    const current = applied.outcome === 'applied' ? applied.entity! : assert.fail();
    const results = await client.push(
      [
        updateOperation(author, 'project', { ...current, name: 'Other' } as typeof current, { name: 'Two' }),
        createOperation(author, 'task', 'T-1', { projectId: 'P-404', title: 'Nowhere' }),
        { ...updateOperation(author, 'project', current, { mission: 'Go' }), id: 'P-405' },
      ],
      signal,
    );
    const [conflict, rejected] = results;
    assert.equal(conflict?.outcome, 'conflict');
    assert.deepEqual(conflict.outcome === 'conflict' && conflict.fields, ['name']);
    assert.deepEqual(conflict.outcome === 'conflict' && conflict.current, current);
    assert.equal(rejected?.outcome, 'rejected');
    assert.match(rejected.outcome === 'rejected' ? rejected.problem.message : '', /P-404/);
    assert.equal(results.length, 3);
  });

  it('brings deletions through push and pull', async () => {
    const client = await signedIn();
    const [created] = await client.push([createOperation(author, 'project', 'P-1', { name: 'One' })], signal);
    const before = created?.outcome === 'applied' ? created.entity! : assert.fail();
    const { next } = await client.pull(null, signal);
    const [remove] = deleteOperations(author, 'project', before, { sprints: [], tasks: [] }, false);
    const [deleted] = await client.push([remove!], signal);
    assert.deepEqual(deleted, { opId: remove!.opId, outcome: 'applied', entity: null, version: 2 });
    const { changes } = await client.pull(next, signal);
    assert.deepEqual(changes, [{ entity: 'project', id: 'P-1', version: 2, opId: remove!.opId, data: null }]);
  });

  it('splits two thousand five hundred operations, and gives one result each in order', async () => {
    const client = await signedIn();
    const operations: Operation[] = [createOperation(author, 'project', 'P-1', { name: 'One' })];
    for (let i = 0; i < 2_500; i++) {
      operations.push(createOperation(author, 'task', `T-${i}`, { projectId: 'P-1', title: `Task ${i}` }));
    }
    const results = await client.push(operations, signal);
    assert.deepEqual(
      results.map((result) => result.opId),
      operations.map((operation) => operation.opId),
    );
    assert.ok(results.every((result) => result.outcome === 'applied'));
    let seen = 0;
    let cursor: string | null = null;
    for (let more = true; more; ) {
      const page = await client.pull(cursor, signal);
      seen += page.changes.length;
      cursor = page.next;
      more = page.hasMore;
    }
    assert.equal(seen, 2_501);
  }).timeout(60_000);

  it('hears of what happens after what it knows, and of nothing else', async () => {
    const client = await signedIn();
    await client.push([createOperation(author, 'project', 'P-1', { name: 'One' })], signal);
    const { next } = await client.pull(null, signal);
    const stop = new AbortController();
    const heard: string[] = [];
    let known = next;
    const watching = client.watch?.(
      () => known,
      { onOpen: () => heard.push('open'), onNews: () => heard.push('news') },
      stop.signal,
    );
    while (heard.length < 1) await setTimeout(5);
    await client.push([createOperation(author, 'project', 'P-2', { name: 'Two' })], signal);
    while (heard.length < 2) await setTimeout(5);
    known = (await client.pull(next, signal)).next;
    known = String(Number(known) + 1);
    await client.push([createOperation(author, 'project', 'P-3', { name: 'Three, known' })], signal);
    await client.push([createOperation(author, 'project', 'P-4', { name: 'Four' })], signal);
    while (heard.length < 3) await setTimeout(5);
    stop.abort();
    await rejectsWith(watching ?? assert.fail(), 'cancelled');
    assert.deepEqual(heard, ['open', 'news', 'news']);
  });

  it('ends to hear when the server ends it, and is offline when it is killed', async () => {
    const client = await signedIn();
    const listener = { onOpen: () => void server?.stop(), onNews: () => undefined };
    await client.watch?.(() => null, listener, signal);
    await rejectsWith(client.watch?.(() => null, listener, signal) ?? assert.fail(), 'offline');
  });

  it('says cursor-expired for a place in the feed that the server does not have', async () => {
    const client = await signedIn();
    await rejectsWith(client.pull('999999', signal), 'cursor-expired');
  });

  describe('against something else', () => {
    let other: ScriptedServer | undefined;
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await other?.stop();
    });
    const ask = async (script: Script) => {
      other = await ScriptedServer.start(script);
      return clientOf(other.origin, { accessToken: 't' });
    };

    it('recognises a web page, another API and a future DTM as incompatible', async () => {
      const scripts: Script[] = [
        (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
        (_, response) => response.writeHead(404).end(),
        (_, response) => answerJson(response, 200, { message: 'TaskMan' }),
        (_, response) =>
          answerJson(response, 200, {
            name: 'DTM API',
            version: '9',
            flavour: 'dtm',
            api: ['v9'],
            docs: '',
            health: '',
            time: '',
          }),
      ];
      for (const script of scripts) {
        const client = await ask(script);
        const error = await rejectsWith(client.identify(signal), 'incompatible');
        assert.match(error.message, /no DTM server that this version can use/);
        await client.close();
        await other?.stop();
      }
    });

    it('notices that the data was exchanged between two requests', async () => {
      let epoch = 1;
      const client = await ask((request, response) => {
        const headers = { 'DTM-Server': 's1', 'DTM-Dataset': `d1;epoch=${epoch}` };
        if (request.path === '/') {
          const root = { name: 'DTM', version: '1', flavour: 'dtm', api: ['v1'], docs: '', health: '', time: '' };
          return answerJson(response, 200, root, headers);
        }
        if (request.path === '/auth/me') {
          return answerJson(response, 200, { id: 'U1', username: 'ada', role: 'member' }, headers);
        }
        return answerJson(response, 200, { changes: [], next: '1', has_more: false }, headers);
      });
      assert.deepEqual(await client.identify(signal), { serverId: 's1', datasetId: 'd1', epoch: 1 });
      await client.pull(null, signal);
      epoch = 2;
      const error = await rejectsWith(client.pull('1', signal), 'data-exchanged');
      assert.equal(error.retryable, true);
      assert.equal((await client.identify(signal)).epoch, 2);
    });
  });
});
