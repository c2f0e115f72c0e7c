import assert from 'node:assert/strict';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { api, type Body, call, seed, task } from './client.ts';

describe('TaskMan-v2 emulator: two databases', () => {
  let taskman: Taskman;
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'postgres' });
  });
  afterEach(() => taskman.stop());

  const health = async () => (await call(taskman, 'GET', '/health')).json as { status: string; database: Body };
  const total = async () => (await call(taskman, 'GET', `${api}/tasks`)).json.total;

  it('24: health is always 200 and chooses the database', async () => {
    await seed(taskman, [task('T-1')]);
    assert.deepEqual([(await health()).status, taskman.mode], ['healthy', 'primary']);
    taskman.primary.goDown();
    const degraded = await health();
    assert.deepEqual(
      [degraded.status, degraded.database.mode, degraded.database.connected],
      ['degraded', 'fallback', true],
    );
    assert.match(String((degraded.database.primary as Body).error), /Connect call failed/);
    taskman.fallback.goDown();
    const unhealthy = await health();
    assert.deepEqual([unhealthy.status, unhealthy.database.mode], ['unhealthy', 'none']);
  });

  it('requests fail until somebody asks for health, then another data set is served', async () => {
    await seed(taskman, [task('T-1')]);
    taskman.primary.goDown();
    const { status, json } = await call(taskman, 'GET', `${api}/tasks`);
    assert.equal(status, 400);
    assert.match(String(json.detail), /^\[Errno 111\] Connect call failed/);
    assert.equal((await call(taskman, 'GET', '/api/health')).status, 200);
    assert.equal((await call(taskman, 'GET', `${api}/tasks`)).status, 400);
    await health();
    assert.equal(await total(), 0);
    taskman.primary.comeUp();
    assert.equal(await total(), 0);
    await health();
    assert.equal(await total(), 1);
  });

  it('while PostgreSQL is away, what the services catch is 400 or a problem, what they do not is a crash', async () => {
    await seed(taskman, [task('T-1')]);
    taskman.primary.goDown();
    const statusOf = async (method: string, path: string, body?: Body) =>
      (await call(taskman, method, `${api}/${path}`, body)).status;
    assert.equal(await statusOf('PATCH', 'tasks/T-1', { title: 'x' }), 400);
    assert.equal(await statusOf('POST', 'projects', { id: 'P-2', name: 'x' }), 400);
    assert.equal(await statusOf('DELETE', 'sprints/S-1'), 400);
    assert.equal(await statusOf('GET', 'checklists'), 500);
    assert.equal((await call(taskman, 'GET', `${api}/checklists`)).json.title, 'AppError');
    assert.deepEqual((await call(taskman, 'POST', `${api}/tasks`, task('T-2'))).json, {
      detail: 'Internal server error',
      status_code: 500,
    });
  });

  it('started without PostgreSQL it serves the fallback, and nothing is merged when PostgreSQL appears', async () => {
    const sqlite = await startTaskman({ database: 'sqlite' });
    assert.equal(sqlite.mode, 'fallback');
    await seed(sqlite, [task('T-1')]);
    sqlite.primary.comeUp();
    assert.equal((await call(sqlite, 'GET', '/health')).json.status, 'healthy');
    assert.equal((await call(sqlite, 'GET', `${api}/tasks`)).json.total, 0);
    assert.equal(sqlite.fallback.rows('tasks').length, 1);
    await sqlite.stop();
  });

  it('24: telemetry is 503 when its circuit is open, /metrics takes ten requests a minute', async () => {
    assert.equal((await call(taskman, 'GET', '/health/telemetry')).status, 200);
    taskman.openTelemetryCircuit();
    const { status, json } = await call(taskman, 'GET', '/health/telemetry');
    assert.deepEqual([status, json.status, 'last_success' in json], [503, 'degraded', false]);
    for (let count = 0; count < 10; count += 1) assert.equal((await call(taskman, 'GET', '/metrics')).status, 200);
    const refused = await call(taskman, 'GET', '/metrics');
    assert.deepEqual([refused.status, refused.json], [429, { error: 'Rate limit exceeded: 10 per 1 minute' }]);
    assert.equal(refused.headers.get('retry-after'), null);
  });
});
