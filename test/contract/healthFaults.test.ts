import assert from 'node:assert/strict';
import { copyFile, readdir, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type HealthAnswer, healthAnswer } from '../../src/api/service.ts';
import { type DtmServer, makeDtmServer, startDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { repositoryRoot } from '../support/paths.ts';
import { administer, makeTestDatabase, queried, type TestDatabase } from '../support/testDatabase.ts';
import { Api, signIn } from './api.ts';
import { assertUnhealthyEverywhere } from './unhealthy.ts';

const calls = 50;
const project = { name: 'Written' };

/** The state that `/health` tells, which has to fit its status. */
async function health(server: DtmServer): Promise<HealthAnswer> {
  const { status, body } = await new Api(server.origin).get('/health');
  const answer = healthAnswer.parse(body);
  assert.equal(status, answer.status === 'unhealthy' ? 503 : 200);
  return answer;
}

const states = ({ status, checks }: HealthAnswer) => [status, checks.database.status];

async function assertStates(server: DtmServer, expected: readonly string[]): Promise<void> {
  assert.deepEqual(states(await health(server)), expected);
  assert.deepEqual(states(await health(server)), expected, 'the second time');
}

async function assertRefused(api: Api): Promise<void> {
  const answer = await api.post('/api/v1/projects', project);
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.body.type, '/problems/unavailable');
  assert.doesNotMatch(answer.text, /sqlite|\/tmp|dtm\.|relation|SQL/i);
}

describe('the health of a server on SQLite', function () {
  this.timeout(60_000);
  let server: DtmServer;
  let api: Api;
  const file = () => join(server.dataDir, 'dtm.sqlite');

  before(function () {
    onlyOn(this, ['sqlite'], 'the run is about PostgreSQL');
  });
  beforeEach(async () => {
    server = await startDtmServer({ store: 'sqlite' });
    api = await signIn(server);
    await api.make('projects', { id: 'P-H', name: 'Healthy' });
  });
  afterEach(() => server.dispose());

  it('is degraded while another program locks the database; reading goes on without a stop', async () => {
    const other = new DatabaseSync(file());
    await assertStates(server, ['healthy', 'healthy']);
    other.exec('begin immediate');
    await assertStates(server, ['degraded', 'degraded']);
    const refused = assertRefused(api);
    let slowest = 0;
    for (let count = 0; count < 40; count++) {
      const started = performance.now();
      assert.equal((await api.get('/api/v1/projects/P-H')).status, 200);
      slowest = Math.max(slowest, performance.now() - started);
      await setTimeout(50);
    }
    await refused;
    console.log(`      the slowest read beside a write that waited: ${slowest.toFixed(0)} ms`);
    assert.ok(slowest < 2_000);
    other.exec('rollback');
    await assertStates(server, ['healthy', 'healthy']);
    assert.equal((await api.post('/api/v1/projects', project)).status, 201);
    other.close();
  });

  it('waits for a lock that lasts a moment', async () => {
    const other = new DatabaseSync(file());
    other.exec('begin immediate');
    const written = api.post('/api/v1/projects', project);
    await setTimeout(1_000);
    other.exec('commit');
    other.close();
    assert.equal((await written).status, 201);
  });

  for (const name of ['dtm.sqlite', 'dtm.sqlite-wal']) {
    it(`is unhealthy when ${name} is gone or another file is in its place; nothing is acknowledged that would be lost`, async () => {
      const path = join(server.dataDir, name);
      await rename(path, `${path}.away`);
      await assertStates(server, ['unhealthy', 'unhealthy']);
      await assertUnhealthyEverywhere(api);
      await assertRefused(api);
      assert.equal((await api.get('/api/v1/projects/P-H')).status, 200);
      await copyFile(`${path}.away`, path);
      await assertStates(server, ['unhealthy', 'unhealthy']);
      await assertRefused(api);
      await rm(path);
      await rename(`${path}.away`, path);
      await assertStates(server, ['healthy', 'healthy']);
      const { body } = await api.post('/api/v1/projects', project);
      await server.kill();
      await server.start();
      assert.equal((await (await signIn(server)).get(`/api/v1/projects/${body.id}`)).status, 200);
    });
  }

  it('is told without writing, and without leaving anything open', async () => {
    const other = new DatabaseSync(file(), { readOnly: true });
    const version = () => other.prepare('pragma data_version').get()?.data_version;
    const before = [version(), await openFiles(server)];
    const first = await health(server);
    for (let count = 0; count < calls; count++) assert.deepEqual(states(await health(server)), states(first));
    await Promise.all(Array.from({ length: calls }, () => health(server)));
    assert.deepEqual([version(), await openFiles(server)], before);
    await api.make('projects', project);
    assert.notEqual(version(), before[0], 'a write would have been seen');
    other.close();
  });
});

/** How often the process has the database open; nothing where there is no `/proc`. */
async function openFiles(server: DtmServer): Promise<number> {
  const names = await readdir(`/proc/${server.process.pid}/fd`).catch(() => []);
  const folder = `/proc/${server.process.pid}/fd`;
  const links = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return links.filter((link) => link.includes('dtm.sqlite')).length;
}

describe('the health of a server that has too much to do', () => {
  before(function () {
    onlyOn(this, ['sqlite'], 'how busy a process is has nothing to do with the store; the run on SQLite tries it');
  });

  it('is degraded, whoever asks, and again', async () => {
    const server = await makeDtmServer({ store: 'sqlite' });
    try {
      await server.start({ nodeArgs: ['--import', join(repositoryRoot, 'test/support/busyLoop.ts')] });
      while ((await health(server)).status === 'healthy') await setTimeout(100);
      for (let count = 0; count < 3; count++) {
        const { status, checks } = await health(server);
        assert.equal(status, 'degraded');
        assert.ok(checks.event_loop.lag_ms > 500);
      }
    } finally {
      await server.kill();
      await server.dispose();
    }
  }).timeout(60_000);
});

describe('the health of a server on PostgreSQL', () => {
  let database: TestDatabase;
  let server: DtmServer;

  before(async function () {
    onlyOn(this, ['postgres', 'postgres-two'], 'the run is about the embedded database');
    database = await makeTestDatabase();
    server = await startDtmServer({ store: 'postgres', env: { DTM_DATABASE_URL: database.url } });
  });
  after(async () => {
    await server?.dispose();
    await database?.drop();
  });

  it('is degraded when the database takes no writes, until one succeeds', async () => {
    const api = await signIn(server);
    const name = new URL(database.url).pathname.slice(1);
    await assertStates(server, ['healthy', 'healthy']);
    await administer(database.url, `alter database ${name} set default_transaction_read_only = on`);
    await reconnect();
    await assertRefused(api);
    await assertStates(server, ['degraded', 'degraded']);
    assert.equal((await api.get('/api/v1/projects')).status, 200);
    await administer(database.url, `begin read write; alter database ${name} reset all; commit`);
    await reconnect();
    assert.equal((await api.post('/api/v1/projects', project)).status, 201);
    await assertStates(server, ['healthy', 'healthy']);
  });

  /** A setting of a database holds for connections that are made afterwards. */
  async function reconnect(): Promise<void> {
    await administer(
      database.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await setTimeout(500);
  }

  it('is told without writing, and with the connections that there are', async () => {
    for (let count = 0; count < calls; count++) await health(server);
    await Promise.all(Array.from({ length: calls }, () => health(server)));
    const connections =
      "select count(*)::int as n from pg_stat_activity where application_name = 'dtm-server' and datname = current_database()";
    const before = await queried(database.url, connections);
    const transactions = 'select txid_snapshot_xmax(txid_current_snapshot())::text as n';
    // The database's own housekeeping may write in between; nothing writes every time.
    let isUnchanged = false;
    for (let attempt = 0; attempt < 5 && !isUnchanged; attempt++) {
      const written = await queried(database.url, transactions);
      for (let count = 0; count < calls; count++) await health(server);
      isUnchanged = (await queried(database.url, transactions)) === written;
    }
    assert.ok(isUnchanged, 'each time something was written');
    assert.equal(await queried(database.url, connections), before);
    assert.ok(Number(before) <= 11, `${before} connections`);
  });
});
