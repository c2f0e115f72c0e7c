import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { limitsOf } from '../../src/core/dialect.ts';
import { contradictionOf } from '../../src/core/stoppedChange.ts';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';

describe('a workspace that is bound to TaskMan-v2', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('taskman-app');
  let taskman: Taskman;
  const apps: DtmApp[] = [];
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'sqlite' });
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await taskman.stop();
  });

  const open = async (workspace: string, options: Parameters<typeof openTestApp>[2] = {}): Promise<DtmApp> => {
    await mkdir(join(root(), workspace), { recursive: true });
    const app = await openTestApp(join(root(), 'state'), join(root(), workspace), options);
    apps.push(app);
    return app;
  };

  it('is found out to be so, takes local data along, and writes online from then on', async () => {
    const app = await open('a');
    const { entity: project } = await app.tracker.create('project', { name: 'Local' });
    const projectId = project?.id ?? '';
    const { entity: task } = await app.tracker.create('task', {
      projectId,
      title: 'first',
      dueAt: '2026-05-01T00:00:00Z',
    });
    const plan = await app.binding.plan(taskman.origin);
    assert.deepEqual([plan.dialect, plan.server, plan.account], ['taskman-v2', 'TaskMan-v2 0.1.0', 'tester']);
    assert.deepEqual([plan.datasetId, plan.toCreate], ['taskman:fallback', { projects: 1, sprints: 0, tasks: 1 }]);
    assert.match(
      limitsOf(plan.capabilities).join('; '),
      /nobody signs in.*for each task: due_at, blocked_reason, rank, custom/,
    );
    await app.binding.bind(plan);
    assert.deepEqual(app.queue(), []);
    assert.equal(app.status.connection.kind, 'online');
    assert.equal(app.tracker.get('task', task?.id ?? '')?.dueAt, '2026-05-01T00:00:00.000Z');
    const written = await app.tracker.complete(task?.id ?? '');
    assert.equal(written.arrival, 'acknowledged');
    assert.equal(taskman.active.row('tasks', task?.id ?? '')?.status, 'done');
    assert.equal(taskman.active.row('tasks', task?.id ?? '')?.owner, 'tester');
    await assert.rejects(app.tracker.update('task', task?.id ?? '', { estimatePoints: 22 }), { code: 'validation' });
    assert.equal(app.tracker.get('task', task?.id ?? '')?.estimatePoints, null);
    await app.tracker.delete('project', projectId, { cascade: true });
    for (const table of ['projects', 'sprints', 'tasks'] as const) assert.deepEqual(taskman.active.rows(table), []);
  });

  it('is the same binding in the next process, also while the server is away', async () => {
    const app = await open('a', { localUser: 'ana' });
    await app.binding.bind(await app.binding.plan(taskman.origin, { account: 'Ana A.' }));
    await app.tracker.create('project', { name: 'P' });
    await app.close();
    const { origin } = taskman;
    await taskman.stop();
    const again = await open('a', { localUser: 'ana' });
    assert.deepEqual([again.binding.current?.dialect, again.binding.current?.account], ['taskman-v2', 'Ana A.']);
    assert.ok(again.binding.capabilities?.localOnly.task.includes('dueAt'));
    assert.equal((await again.tracker.create('project', { name: 'Q' })).arrival, 'queued');
    assert.deepEqual(await again.accounts.whoAmI(origin), {
      origin,
      username: 'Ana A.',
      role: 'everyone',
      isNameOnly: true,
    });
  });

  it('lets conflicts be decided as with a DTM server, what others deleted included', async () => {
    const bound = async (name: string, options = {}) => {
      const app = await open(name, options);
      if (!app.binding.current) await app.binding.bind(await app.binding.plan(taskman.origin));
      return app;
    };
    const [ana, ben] = [await bound('ana'), await bound('ben')];
    const { entity: project } = await ana.tracker.create('project', { name: 'P' });
    const make = async (title: string) =>
      (await ana.tracker.create('task', { projectId: project?.id, title })).entity?.id ?? '';
    const [edited, deleted] = [await make('edited'), await make('deleted')];
    await ben.syncNow();
    await ben.close();
    const away = await bound('ben', { offline: true });
    for (const id of [edited, deleted]) await away.tracker.update('task', id, { title: 'his' });
    await away.close();
    await ana.tracker.update('task', edited, { title: 'hers', priority: 'p0' });
    await ana.tracker.delete('task', deleted);
    const again = await bound('ben');
    await again.syncNow();
    const kinds = Object.fromEntries(again.stopped.list().map((change) => [change.id, contradictionOf(change)]));
    assert.deepEqual(kinds, { [edited]: 'fields', [deleted]: 'deleted-there' });
    for (const change of again.stopped.list()) await again.stopped.resolve(change, { side: 'mine' });
    assert.deepEqual(again.queue(), []);
    await ana.syncNow();
    assert.deepEqual(
      [edited, deleted].map((id) => ana.tracker.get('task', id)?.title),
      ['his', 'his'],
    );
    assert.equal(ana.tracker.get('task', edited)?.priority, 'p0');
  });

  it('has nobody to sign in, and says so', async () => {
    const app = await open('a');
    await assert.rejects(app.accounts.login(taskman.origin, 'ana', 'secret'), {
      code: 'configuration',
      message: /TaskMan-v2, where nobody signs in/,
    });
    assert.equal((await app.accounts.whoAmI(taskman.origin)).isNameOnly, true);
    await app.accounts.logout(taskman.origin);
    assert.equal(taskman.requests.filter((one) => one.headers.authorization !== undefined).length, 0);
    assert.equal(taskman.requests.filter((one) => one.body.includes('secret')).length, 0);
  });

  it('shares the server with another workspace', async () => {
    const [first, second] = [await open('a'), await open('b')];
    for (const app of [first, second]) await app.binding.bind(await app.binding.plan(taskman.origin));
    const { entity: project } = await first.tracker.create('project', { name: 'Shared' });
    await first.tracker.create('task', { projectId: project?.id, title: 'seen by both' });
    await second.syncNow();
    assert.deepEqual(
      second.tracker.list('task', everything).items.map((task) => task.title),
      ['seen by both'],
    );
  });

  it('can be imported from instead', async () => {
    const filled = await open('a');
    await filled.binding.bind(await filled.binding.plan(taskman.origin));
    const { entity: project } = await filled.tracker.create('project', { name: 'Shared' });
    await filled.tracker.create('task', { projectId: project?.id, title: 'imported' });
    taskman.active.write('projects', project?.id ?? '', { status: 'active' });
    const local = await open('b');
    const plan = await local.planImport(taskman.origin);
    assert.deepEqual([plan.toCreate, plan.adjusted], [{ projects: 1, sprints: 0, tasks: 1 }, 1]);
    await local.runImport(plan);
    assert.equal(local.tracker.get('project', project?.id ?? '')?.owner, 'tester', 'an active project needs one here');
    const again = await local.planImport(taskman.origin);
    assert.deepEqual([again.entities.length, again.known], [0, 2]);
  });
});
