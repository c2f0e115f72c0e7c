import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { startTaskman } from '../../support/taskman/taskman.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

describe('a workspace that is limited to some projects', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('project-scope');
  const apps: DtmApp[] = [];
  let whole: DtmApp;
  const ids: string[] = [];

  const open = async (workspace: string, options: Parameters<typeof openTestApp>[2] = {}): Promise<DtmApp> => {
    await mkdir(join(root(), workspace), { recursive: true });
    const app = await openTestApp(server().stateHome, join(root(), workspace), options);
    apps.push(app);
    return app;
  };
  const bind = async (app: DtmApp, projects?: readonly string[] | 'all') =>
    app.binding.bind(await app.binding.plan(server().origin, { projects }));
  const names = (app: DtmApp): string[] =>
    app.tracker
      .list('project', everything)
      .items.map(({ name }) => name)
      .sort();
  const titles = (app: DtmApp): string[] =>
    app.tracker
      .list('task', everything)
      .items.map(({ title }) => title)
      .sort();
  const addTask = async (title: string, projectId: string, more: object = {}): Promise<string> =>
    (await whole.tracker.create('task', { projectId, title, ...more })).entity?.id ?? '';

  /** Projects A, B and C, each with one task, as someone sees them who is limited to none. */
  beforeEach(async () => {
    whole = await open('whole');
    await bind(whole);
    ids.length = 0;
    for (const name of ['A', 'B', 'C']) {
      const { entity } = await whole.tracker.create('project', { name: `${name} ${ids.length}` });
      ids.push(entity?.id ?? '');
      await addTask(`of ${name}`, entity?.id ?? '');
    }
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  it('reads and shows these, also in its files, and narrows and widens without losing anything', async () => {
    const [a = '', b = '', c = ''] = ids;
    const app = await open('limited');
    await bind(app, [a, b]);
    assert.deepEqual([titles(app), app.tracker.count('task')], [['of A', 'of B'], 2]);
    await bind(app, [a]);
    assert.deepEqual(titles(app), ['of A']);
    assert.deepEqual(app.binding.current?.projects, [a]);
    await addTask('later in A', a);
    await addTask('later in B', b);
    await app.syncNow();
    assert.deepEqual(titles(app), ['later in A', 'of A']);
    await bind(app, [a, b, c]);
    assert.deepEqual(titles(app), ['later in A', 'later in B', 'of A', 'of B', 'of C']);
    await bind(app, [c]);
    await app.close();
    const csv = await readFile(join(root(), 'limited/.dtm/tasks.csv'), 'utf8');
    assert.match(csv, /of C/);
    assert.doesNotMatch(csv, /of A/);

    const again = await open('limited');
    assert.deepEqual(titles(again), ['of C']);
    await bind(again);
    assert.deepEqual(titles(again), ['of C'], 'binding again does not change the limit');
    await bind(again, 'all');
    assert.ok(names(again).length >= 3);
    assert.deepEqual(titles(again), titles(whole));
  });

  it('hides what is moved out, keeps what is edited here meanwhile, and shows it where it has come to', async () => {
    const [a = '', b = '', c = ''] = ids;
    const moved = await addTask('moved', a);
    const edited = await addTask('edited', a);
    const app = await open('limited');
    await bind(app, [a]);
    await app.close();
    const offline = await open('limited', { offline: true });
    await offline.tracker.update('task', edited, { priority: 'p0' });
    await offline.close();
    for (const id of [moved, edited]) await whole.tracker.update('task', id, { projectId: b });

    const online = await open('limited');
    const report = await online.syncNow();
    assert.deepEqual([report.error, report.pending, report.conflicts, report.rejected], [undefined, 0, 0, 0]);
    assert.deepEqual(titles(online), ['of A']);
    await whole.syncNow();
    assert.equal(whole.tracker.get('task', edited)?.priority, 'p0');
    // Moved once more, from one hidden project to another: nobody tells, and it must not come back by itself.
    await whole.tracker.update('task', moved, { projectId: c });
    await online.syncNow();
    await bind(online, [a, b]);
    assert.deepEqual(titles(online), ['edited', 'of A', 'of B']);
    await bind(online, [a, c]);
    assert.deepEqual(titles(online), ['moved', 'of A', 'of C']);
  });

  it('takes no harm from references to what is hidden', async () => {
    const [a = '', b = ''] = ids;
    const other = await addTask('elsewhere', b);
    const here = await addTask('here', a, { dependsOn: [other], parentId: other });
    const app = await open('limited');
    await bind(app, [a]);
    assert.equal((await app.tracker.update('task', here, { title: 'changed' })).arrival, 'acknowledged');
    assert.deepEqual(app.tracker.get('task', here)?.dependsOn, [other]);
    await assert.rejects(app.tracker.create('task', { projectId: b, title: 'not here' }), { code: 'validation' });
  });

  it('is widened by a project that is made here, and by one that is carried over', async () => {
    const [a = ''] = ids;
    const app = await open('limited');
    const local = (await app.tracker.create('project', { name: 'Local' })).entity?.id ?? '';
    await bind(app, [a]);
    const made = (await app.tracker.create('project', { name: 'Made' })).entity?.id ?? '';
    assert.equal((await app.tracker.create('task', { projectId: made, title: 'in it' })).arrival, 'acknowledged');
    assert.deepEqual(app.binding.current?.projects, [a, local, made]);
    assert.deepEqual(
      [names(app), titles(app)],
      [
        ['A 0', 'Local', 'Made'],
        ['in it', 'of A'],
      ],
    );
    await app.close();
    const again = await open('limited');
    const { pulled } = await again.syncNow();
    assert.deepEqual([pulled, titles(again)], [0, ['in it', 'of A']]);
  });

  it('takes in a project that somebody writes into its file, and deletes nothing that it hides', async () => {
    const [a = '', b = ''] = ids;
    const app = await open('limited');
    await bind(app, [a, b]);
    await bind(app, [a]);
    await app.rewriteCsv();
    const path = join(root(), 'limited/.dtm/projects.csv');
    const [header = '', ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
    assert.equal(rows.length, 1);
    const cells = header.split(',').map((column) => (column === 'name' ? 'Written' : ''));
    await writeFile(path, [header, ...rows, cells.join(',')].join('\n'));
    await app.takeInCsv();
    await app.syncNow();
    assert.deepEqual([names(app), app.binding.current?.projects?.length], [['A 0', 'Written'], 2]);
    await bind(app, 'all');
    assert.ok(titles(app).includes('of B'));
    assert.deepEqual(app.queue(), []);
  });

  it('is refused for projects that the server does not have', async () => {
    const app = await open('limited');
    const plan = app.binding.plan(server().origin, { projects: [ids[0] ?? '', 'P-NOWHERE'] });
    await assert.rejects(plan, { code: 'not-found', message: /has no project P-NOWHERE$/ });
    assert.equal(app.binding.current, undefined);
  });

  it('works with a server that gives everything, too', async () => {
    const taskman = await startTaskman({ database: 'postgres' });
    try {
      const app = await open('taskman');
      const to = (projects: readonly string[] | 'all') => app.binding.plan(taskman.origin, { projects });
      await app.binding.bind(await to('all'));
      const [one = '', other = ''] = await Promise.all(
        ['One', 'Other'].map(async (name) => (await app.tracker.create('project', { name })).entity?.id),
      );
      for (const projectId of [one, other]) await app.tracker.create('task', { projectId, title: projectId });
      await app.binding.bind(await to([one]));
      assert.deepEqual([names(app), titles(app)], [['One'], [one]]);
      await app.binding.bind(await to('all'));
      assert.deepEqual(names(app), ['One', 'Other']);
    } finally {
      await taskman.stop();
    }
  });
});
