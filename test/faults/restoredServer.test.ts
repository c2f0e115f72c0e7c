import assert from 'node:assert/strict';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import type { Task } from '../../src/core/task.ts';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { assertSoundEvidence } from '../support/ledgerCheck.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { divergence, repeated, servedBy } from './compare.ts';
import { StormyWay } from './storm.ts';
import { Trial } from './trial.ts';

const seed = Number(process.env.FAULT_SEED ?? 20_261_125);

describe('a server that was restored from an older backup', function () {
  this.timeout(120_000);
  let server: DtmServer;
  const open: DtmApp[] = [];
  // Before the folder goes.
  afterEach(async () => {
    await assertSoundEvidence(...open);
    for (const app of open.splice(0)) await app.close();
    await server.dispose();
  });
  const root = useTemporaryFolder('restored');

  beforeEach(async () => {
    server = await makeDtmServer({ store: 'sqlite' });
    await server.start();
  });

  /** A machine of its own, bound to the server. */
  async function machine(name: string, origin = server.origin): Promise<DtmApp> {
    const workspace = join(root(), name, 'workspace');
    await mkdir(workspace, { recursive: true });
    const app = await openTestApp(join(root(), name, 'state'), workspace, { localUser: name });
    open.push(app);
    await app.accounts.login(origin, server.username, server.password);
    await app.binding.bind(await app.binding.plan(origin));
    return app;
  }

  /** The same machine after its program was started anew. */
  async function reopened(app: DtmApp, name: string, offline = false): Promise<DtmApp> {
    await app.close();
    open.splice(open.indexOf(app), 1);
    const again = await openTestApp(join(root(), name, 'state'), join(root(), name, 'workspace'), { offline });
    open.push(again);
    if (!offline) await again.accounts.login(server.origin, server.username, server.password);
    return again;
  }

  const backupFolder = () => join(root(), 'backup');

  async function backUp(): Promise<void> {
    await server.stop();
    await cp(server.dataDir, backupFolder(), { recursive: true });
    await server.start();
  }

  /** What `restore` does: the older data, and an epoch that was never used. */
  async function restore(): Promise<void> {
    if (server.isRunning) await server.stop();
    await rm(server.dataDir, { recursive: true });
    await cp(backupFolder(), server.dataDir, { recursive: true });
    const file = new DatabaseSync(join(server.dataDir, 'dtm.sqlite'));
    file.prepare("update meta set value = cast(value as integer) + 1 where key = 'epoch'").run();
    file.close();
    await server.start();
  }

  async function served(): Promise<Map<string, Record<string, unknown>>> {
    const headers = { authorization: `Bearer ${await server.login()}` };
    const answer = await fetch(`${server.origin}/api/v1/tasks?limit=1000`, { headers });
    const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
    return new Map(items.map((item) => [String(item.title), item]));
  }

  const seen = (app: DtmApp) =>
    new Map((app.tracker.list('task', everything).items as Task[]).map((task) => [task.title, task]));
  const inSync = async (app: DtmApp) => {
    const report = await app.syncNow();
    assert.equal(report.error, undefined, report.error?.message);
    return report;
  };
  const idOf = (app: DtmApp, title: string): string => {
    const found = seen(app).get(title);
    assert.ok(found, `${title} is to be seen`);
    return found.id;
  };

  it('gets back what its clients had seen, and nothing is taken for deleted', async () => {
    const ana = await machine('ana');
    let ben = await machine('ben');
    const { entity: project } = await ana.tracker.create('project', { name: 'Website' });
    const projectId = project?.id;
    for (const title of ['one', 'two', 'three', 'four']) await ana.tracker.create('task', { projectId, title });
    await inSync(ben);
    await backUp();

    // After the backup: Ana completes, deletes and creates; Ben edits; a third machine does both and is lost.
    await ana.tracker.complete(idOf(ana, 'one'));
    await ana.tracker.delete('task', idOf(ana, 'two'));
    await ana.tracker.update('task', idOf(ana, 'three'), { title: 'three, by Ana' });
    await ana.tracker.create('task', { projectId, title: 'five, by Ana' });
    await inSync(ben);
    await ben.tracker.update('task', idOf(ben, 'three, by Ana'), { description: 'by Ben' });
    const lost = await machine('lost');
    const { entity: sprint } = await lost.tracker.create('sprint', { name: 'Sprint of the lost', projectId });
    await lost.tracker.create('task', { projectId, sprintId: sprint?.id, title: 'six, by the lost' });
    await lost.tracker.update('task', idOf(lost, 'four'), { labels: ['lost'], priority: 'p0', estimatePoints: 3 });
    await inSync(ana);
    await inSync(ben);
    ben = await reopened(ben, 'ben', true);
    await ben.tracker.update('task', idOf(ben, 'five, by Ana'), { title: 'five, by Ben' });

    await restore();
    const stranger = await machine('stranger');
    assert.deepEqual([...seen(stranger).keys()].sort(), ['four', 'one', 'three', 'two'], 'the backup is older');
    await stranger.tracker.update('task', idOf(stranger, 'three'), { labels: ['after'] });

    await inSync(ana);
    ben = await reopened(ben, 'ben');
    await inSync(ben);
    await inSync(ana);
    await inSync(stranger);
    const titles = ['five, by Ben', 'four', 'one', 'six, by the lost', 'three, by Ana'];
    for (const app of [ana, ben, stranger]) {
      assert.deepEqual([...seen(app).keys()].sort(), titles);
      assert.deepEqual(app.queue(), []);
    }
    const now = await served();
    assert.deepEqual([...now.keys()].sort(), titles);
    assert.equal(now.get('one')?.status, 'done');
    assert.deepEqual(now.get('four')?.labels, ['lost']);
    assert.deepEqual([now.get('four')?.priority, now.get('four')?.estimate_points], ['p0', 3]);
    assert.equal(now.get('six, by the lost')?.sprint_id, sprint?.id);
    assert.deepEqual([now.get('three, by Ana')?.description, now.get('three, by Ana')?.labels], ['by Ben', ['after']]);
    assert.deepEqual(
      seen(ana).get('three, by Ana'),
      seen(ben).get('three, by Ana'),
      'both see the same, down to the version',
    );
    assert.equal(ana.status.connection.kind, 'online');
    assert.ok(ana.status.notices.some((notice) => notice.code === 'restored-server'));

    const before = (await served()).size;
    const again = await reopened(ana, 'ana');
    assert.deepEqual(await inSync(again), { pulled: 0, pushed: 0, conflicts: 0, rejected: 0, pending: 0 });
    assert.equal((await served()).size, before);
  });

  it('gets everything back over a network that breaks off again and again', async () => {
    const count = 400;
    const trial = new Trial('restored server', ['server restored'], seed);
    const way = await StormyWay.to(server.port);
    try {
      const ana = await machine('ana', way.url);
      const ben = await machine('ben', way.url);
      const { entity: project } = await ana.tracker.create('project', { name: 'Website' });
      await inSync(ana);
      await backUp();
      const drafts = Array.from({ length: count }, (_, index) => ({ projectId: project?.id, title: `t${index}` }));
      await Promise.all(drafts.map((draft) => ana.tracker.create('task', draft)));
      await inSync(ana);
      await inSync(ben);
      trial.acknowledged(count);
      await restore();
      trial.injected('server restored');
      let isDone = false;
      const storm = way.blow(seededRandom(seed), () => isDone);
      for (const app of [ana, ben]) while ((await app.syncNow(20_000)).error !== undefined);
      isDone = true;
      await storm;
      way.report(trial);
      for (const app of [ana, ben]) await inSync(app);
      const items = await servedBy(server);
      const there = new Set(items.map(({ title }) => title));
      for (const app of [ana, ben]) assert.deepEqual(app.queue(), []);
      trial.conclude({
        lost: drafts.flatMap(({ title }) => (there.has(title) ? [] : [title])),
        duplicated: repeated(items.map(({ title }) => title)),
        diverged: [ana, ben].flatMap((app) => divergence('task', app.tracker.list('task', everything).items, items)),
      });
    } finally {
      await way.close();
    }
  });

  it('asks where somebody has gone on from the older state, and keeps what was edited there', async () => {
    const ana = await machine('ana');
    const { entity: project } = await ana.tracker.create('project', { name: 'Website' });
    await ana.tracker.create('task', { projectId: project?.id, title: 'one' });
    await backUp();
    await ana.tracker.update('task', idOf(ana, 'one'), { title: 'one, by Ana' });
    await restore();
    const ben = await machine('ben');
    await ben.tracker.update('task', idOf(ben, 'one'), { title: 'one, by Ben' });
    const report = await ana.syncNow();
    assert.equal(report.conflicts, 1);
    assert.deepEqual([...seen(ana).keys()], ['one, by Ben']);
    assert.deepEqual(
      ana.queue().map((one) => one.state),
      ['conflict'],
    );
    assert.equal((await served()).size, 1);
  });
});
