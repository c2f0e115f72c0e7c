import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type DtmServer, makeDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { freePort } from '../support/freePort.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { administer, makeTestDatabase, type TestDatabase } from '../support/testDatabase.ts';
import { Api, signIn, useApi } from './api.ts';

describe('processes on PostgreSQL', () => {
  const servers: DtmServer[] = [];
  let database: TestDatabase;

  before(function () {
    onlyOn(this, ['postgres', 'postgres-two'], 'the run is about the embedded database');
  });
  beforeEach(async () => {
    database = await makeTestDatabase();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
    await database.drop();
  });

  /** One process of its own, whatever store the run is about. */
  async function prepare(url = database.url): Promise<DtmServer> {
    const server = await makeDtmServer({ store: 'postgres', env: { DTM_DATABASE_URL: url } });
    servers.push(server);
    return server;
  }

  async function failToStart(url: string): Promise<{ code: number | null; stderr: string }> {
    const child = await (await prepare(url)).launch();
    const { code } = await child.exited;
    assert.doesNotMatch(child.stderr, /\n\s+at |node_modules|hunter2/);
    return { code, stderr: child.stderr };
  }
  const changed = (parts: Partial<Pick<URL, 'port' | 'password' | 'pathname'>>) =>
    Object.assign(new URL(database.url), parts).href;

  it('that start at once are one service: one identity, one administrator, one set of keys', async () => {
    const [a, b] = [await prepare(), await prepare()];
    await Promise.all([a.start(), b.start()]);
    const [apiA, apiB] = [await signIn(a), await signIn(b)];
    const answers = [await apiA.get('/'), await apiB.get('/')];
    for (const name of ['dtm-server', 'dtm-dataset']) {
      assert.equal(answers[0]?.headers.get(name), answers[1]?.headers.get(name));
    }
    const token = await a.login();
    const { body } = await new Api(b.origin, token).get('/auth/me');
    assert.equal(body.username, 'admin');
    const { id } = await apiA.make('projects', { name: 'Shared' });
    assert.equal((await apiB.must('GET', `/api/v1/projects/${id}`)).name, 'Shared');
    await new Api(a.origin, token).post('/auth/logout', {});
    assert.equal((await new Api(b.origin, token).get('/auth/me')).status, 401);
  });

  it('end with 69 when the database cannot be reached', async () => {
    const port = String(await freePort());
    const { code, stderr } = await failToStart(changed({ port, password: 'hunter2' }));
    assert.equal(code, 69);
    assert.match(stderr, /the database dtm_test_\w+ on 127\.0\.0\.1:\d+ cannot be reached/);
  });

  it('end with 78 when there is no such database, or it cannot hold every character', async () => {
    const missing = await failToStart(changed({ pathname: '/nowhere' }));
    assert.equal(missing.code, 78);
    assert.match(missing.stderr, /"nowhere" does not exist[\s\S]+DTM_DATABASE_URL/);
    const latin = await makeTestDatabase("encoding 'LATIN1' locale 'C' template template0");
    try {
      const { code, stderr } = await failToStart(latin.url);
      assert.equal(code, 78);
      assert.match(stderr, /LATIN1[\s\S]+UTF8/);
    } finally {
      await latin.drop();
    }
  });

  it('end with 78 when a newer server wrote the database', async () => {
    const first = await prepare();
    await first.start();
    await first.stop();
    await administer(
      database.url,
      "insert into kysely_migration (name, timestamp) values ('9999_future', '2099-01-01')",
    );
    const { code, stderr } = await failToStart(database.url);
    assert.equal(code, 78);
    assert.match(stderr, /newer DTM server \(it has 9999_future\)/);
  });

  it('go on when one of them is killed in the middle of writing', async () => {
    const [a, b] = [await prepare(), await prepare()];
    await a.start();
    await b.start();
    const [apiA, apiB] = [await signIn(a), await signIn(b)];
    await apiA.make('projects', { id: 'P-S', name: 'Survives' });
    const lost = apiA.make('tasks', { project_id: 'P-S', title: 'May be lost' }).catch(() => undefined);
    await a.kill();
    await lost;
    assert.equal((await apiB.post('/api/v1/tasks', { project_id: 'P-S', title: 'Goes on' })).status, 201);
  });
});

describe('words without end', () => {
  const api = useApi(useDtmServer());

  it('are stored and found by how they begin', async () => {
    await api().make('projects', { id: 'P-W', name: 'Words' });
    const word = randomBytes(45_000).toString('hex');
    const { id } = await api().make('tasks', { project_id: 'P-W', title: 'Long', description: word });
    for (const length of [5, 300, 2_000]) {
      const { items } = await api().must('GET', `/api/v1/tasks?q=${word.slice(0, length)}`);
      assert.deepEqual(
        items.map((item) => item.id),
        [id],
      );
    }
  });
});
