import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { TrackerSummary } from '../../../src/app/trackers.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { addSecondUser, type SecondUser } from '../../support/secondUser.ts';
import { startTaskman, type Taskman } from '../../support/taskman/taskman.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

describe('earlier bindings', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('earlier-bindings');
  const apps: DtmApp[] = [];
  let taskman: Taskman;
  let bea: SecondUser;
  before(async () => {
    bea = await addSecondUser(server(), 'bea');
    taskman = await startTaskman({ database: 'postgres' });
  });
  after(() => taskman.stop());
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  const open = async (workspace: string, options: Parameters<typeof openTestApp>[2] = {}): Promise<DtmApp> => {
    await mkdir(join(root(), workspace), { recursive: true });
    const app = await openTestApp(server().stateHome, join(root(), workspace), options);
    apps.push(app);
    return app;
  };
  const bind = async (app: DtmApp, origin = server().origin) => app.binding.bind(await app.binding.plan(origin));
  const titles = (app: DtmApp): string[] =>
    app.tracker
      .list('task', everything)
      .items.map(({ title }) => title)
      .sort();
  const place = ({ binding, isPresent, content }: TrackerSummary) => ({
    where: binding ? `${binding.dialect} ${binding.account}` : 'local',
    isPresent,
    pending: content?.waiting.pending,
    tasks: content?.counts.tasks,
  });
  const nameOf = async (app: DtmApp, dialect: string): Promise<string> => {
    const found = (await app.binding.list()).find(({ binding }) => binding?.dialect === dialect);
    return found?.name ?? assert.fail(`no binding to ${dialect}`);
  };
  async function addProject(app: DtmApp, name: string, ...tasks: readonly string[]): Promise<string> {
    const projectId = (await app.tracker.create('project', { name })).entity?.id ?? '';
    for (const title of tasks) await app.tracker.create('task', { projectId, title });
    return projectId;
  }

  it('come back with their queue and all they knew, without the server, and sends each change once', async () => {
    const first = await open('a');
    await bind(first);
    await addProject(first, 'Website', 'sent');
    await first.close();
    const app = await open('a', { offline: true });
    const [project] = app.tracker.list('project', everything).items;
    await app.tracker.create('task', { projectId: project?.id ?? '', title: 'waits' });
    const queue = app.queue();
    const name = await nameOf(app, 'dtm');
    await app.binding.unbind();
    await addProject(app, 'Other', 'only here');
    assert.deepEqual([titles(app), app.queue()], [['only here'], []]);
    assert.deepEqual((await app.binding.list()).map(place), [
      { where: 'local', isPresent: true, pending: 0, tasks: 1 },
      { where: 'dtm admin', isPresent: false, pending: 1, tasks: titles(app).length + 1 },
    ]);
    await app.binding.returnTo(name.slice(0, 6));
    assert.deepEqual([titles(app).includes('waits'), app.queue()], [true, queue]);
    await app.close();

    const online = await open('a');
    const { pulled, pushed, pending } = await online.syncNow();
    assert.deepEqual([pulled, pushed, pending], [0, 1, 0], 'it read on from where it had been');
    await online.binding.returnTo('local');
    assert.deepEqual(titles(online), ['only here']);
  });

  it('keep two accounts of one server apart', async () => {
    const app = await open('b');
    await bind(app);
    await addProject(app, 'Shared', 'of both');
    const { epoch, ...mine } = app.binding.current ?? assert.fail('not bound');
    await app.accounts.login(server().origin, 'bea', bea.password);
    assert.equal((await bind(app)).account, 'bea');
    assert.ok(titles(app).includes('of both'));
    assert.deepEqual(
      (await app.binding.list()).map(({ binding, isPresent }) => [binding?.account ?? 'local', isPresent]).sort(),
      [
        ['admin', false],
        ['bea', true],
        ['local', false],
      ],
    );
    const earlier = (await app.binding.list()).find(({ binding }) => binding?.account === 'admin');
    await app.binding.returnTo(earlier?.name ?? '');
    assert.deepEqual(app.binding.current, { ...mine, epoch });
    assert.equal(app.status.connection.kind, 'online', app.status.connection.reason);
    await app.tracker.create('project', { name: 'In my own name' });
    const made = app.tracker.list('project', everything).items.find(({ name }) => name === 'In my own name');
    assert.equal(made?.createdBy, 'admin');
  });

  it('are read-only while somebody else is signed in, until bound again', async () => {
    const first = await open('f');
    await bind(first);
    const projectId = await addProject(first, 'Mine');
    await first.close();
    const foreign = await open('f', { accessToken: bea.token });
    const refusal = {
      code: 'forbidden',
      message: /bea is signed in.*bound for admin/,
      hint: /bind the workspace again for bea/,
    };
    const create = (app: DtmApp) => app.tracker.create('task', { projectId, title: 'Not in my name' });
    await assert.rejects(create(foreign), refusal, 'found out while it is sent');
    await assert.rejects(create(foreign), refusal, 'known before');
    assert.deepEqual([foreign.queue(), titles(foreign).includes('Not in my name')], [[], false]);
    assert.equal((await bind(foreign)).account, 'bea');
    assert.equal((await create(foreign)).arrival, 'acknowledged');
    await foreign.close();

    const app = await open('g');
    await bind(app);
    await app.accounts.login(server().origin, 'bea', bea.password);
    assert.equal((await app.tracker.create('task', { projectId, title: 'Still admin' })).entity?.createdBy, 'admin');
    await app.accounts.logout(server().origin);
    await assert.rejects(create(app), { code: 'forbidden', message: /bea is signed in at .*, not admin/ });
    assert.deepEqual(app.queue(), []);
    await app.accounts.login(server().origin, server().username, server().password);
    assert.equal((await create(app)).arrival, 'acknowledged');
  });

  it('are named by what is in them, and one that cannot be read hides no other', async () => {
    const app = await open('c');
    await addProject(app, 'Local');
    await bind(app);
    await bind(app, taskman.origin);
    const broken = await nameOf(app, 'dtm');
    const folder = join(app.stateFolder, '..', broken, 'journal');
    await rm(folder, { recursive: true, force: true });
    await writeFile(folder, 'no folder');
    const list = await app.binding.list();
    assert.deepEqual(list.map(({ content, isPresent }) => [content !== undefined, isPresent]).sort(), [
      [false, false],
      [true, false],
      [true, true],
    ]);
    assert.match(list.find(({ name }) => name === broken)?.problem ?? '', /cannot read/);
    await assert.rejects(app.binding.returnTo('nowhere'), { code: 'not-found' });
    await assert.rejects(app.binding.returnTo(broken.slice(0, 3)), { code: 'not-found' });
  });

  it('are copied from: what the target cannot store is said before, and nothing is copied twice', async () => {
    const app = await open('d');
    await bind(app);
    const projectId = await addProject(app, 'Website', 'plain');
    const sprintId = (await app.tracker.create('sprint', { projectId, name: 'Sprint 1' })).entity?.id ?? '';
    const drafts = { projectId, sprintId, title: 'due', dueAt: '2030-01-31T00:00:00.000Z', labels: ['x'] };
    const parentId = (await app.tracker.create('task', drafts)).entity?.id ?? '';
    await app.tracker.create('task', { projectId, title: 'child', parentId, dependsOn: [parentId] });
    const from = await nameOf(app, 'dtm');
    await bind(app, taskman.origin);
    const plan = await app.planCopy(from);
    const mine = plan.entities.filter((one) => 'projectId' in one && one.projectId === projectId);
    assert.equal(mine.length, 4);
    assert.deepEqual(plan.unsupported, [{ kind: 'task', field: 'dueAt', count: 1 }]);
    await app.runCopy(plan);
    await app.runCopy(plan);
    const { pending, rejected, conflicts } = await app.syncNow();
    assert.deepEqual([pending, rejected, conflicts], [0, 0, 0]);
    assert.equal(
      taskman.primary.rows('tasks').filter(({ primary_project }) => primary_project === projectId).length,
      3,
    );
    const child = app.tracker.list('task', everything).items.find(({ title }) => title === 'child');
    assert.deepEqual([child?.parentId, child?.dependsOn], [parentId, [parentId]]);
    assert.equal(app.tracker.get('task', parentId)?.dueAt, drafts.dueAt, 'it stays in the workspace');
    const again = await app.planCopy(from);
    assert.deepEqual([again.entities, again.unsupported], [[], []]);
    await assert.rejects(app.planCopy(await nameOf(app, 'taskman-v2')), { code: 'usage' });
  });

  it('bring back nothing that was deleted here, nor what belonged to it', async () => {
    const app = await open('e');
    const projectId = await addProject(app, 'Local', 'first');
    const other = await addProject(app, 'Other');
    await bind(app);
    await app.tracker.delete('project', projectId, { cascade: true });
    await app.binding.unbind();
    const taskId = (await app.tracker.create('task', { projectId, title: 'later' })).entity?.id ?? '';
    await app.tracker.create('task', { projectId: other, title: 'depends on it', dependsOn: [taskId] });
    await app.binding.returnTo(await nameOf(app, 'dtm'));
    const plan = await app.planCopy('local');
    assert.deepEqual([plan.toCreate, plan.homeless], [{ projects: 0, sprints: 0, tasks: 1 }, 1]);
    await app.runCopy(plan);
    const { pending, rejected } = await app.syncNow();
    assert.deepEqual([pending, rejected, plan.adjusted], [0, 0, 1]);
    const copy = app.tracker.list('task', everything).items.find(({ title }) => title === 'depends on it');
    assert.deepEqual(copy?.dependsOn, []);
  });
});
