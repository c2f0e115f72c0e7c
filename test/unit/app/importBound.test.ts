import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

/** More than go to the server at once. */
const taskCount = 520;

describe('importing files into a workspace that belongs to a server', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('import-bound');
  const apps: DtmApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  const open = async (workspace: string, options: Parameters<typeof openTestApp>[2] = {}): Promise<DtmApp> => {
    await mkdir(join(root(), workspace), { recursive: true });
    const app = await openTestApp(server().stateHome, join(root(), workspace), options);
    apps.push(app);
    return app;
  };
  const bind = async (workspace: string): Promise<DtmApp> => {
    const app = await open(workspace);
    await app.binding.bind(await app.binding.plan(server().origin));
    return app;
  };
  const close = async (app: DtmApp): Promise<void> => {
    apps.splice(apps.indexOf(app), 1);
    await app.close();
  };

  /** A tracker with ids of its own. @returns its folder */
  async function leaveTracker(name: string, tasks: readonly string[]): Promise<string> {
    const folder = join(root(), name);
    await mkdir(folder);
    const header = 'id,title,status,project_id,sprint_id,parent_id,depends_on';
    await writeFile(join(folder, 'sprints.csv'), `id,title,project_id\nS-${name},Sprint,P-${name}\n`);
    await writeFile(join(folder, 'tasks.csv'), [header, ...tasks].join('\n'));
    return folder;
  }
  const titles = (app: DtmApp, projectId: string): string[] =>
    app.tracker
      .list('task', everything)
      .items.filter((task) => task.projectId === projectId)
      .map(({ title }) => title)
      .sort();

  it('sends everything, also what depends on a part of itself, and nothing the second time', async () => {
    const chain = Array.from({ length: taskCount }, (_, index) => {
      const before = index === 0 ? 'T-A-999999' : `T-A-${index - (index % 50 === 0 ? 50 : 1)}`;
      return `T-A-${index},Task ${index},blocked,P-A,S-A,,${before}`;
    });
    const circle = ['T-A-x,x,new,P-A,,,T-A-y', 'T-A-y,y,new,P-A,,,T-A-x', 'T-A-epic,epic,new,P-A,,,T-A-part'];
    const folder = await leaveTracker('A', [...chain, ...circle, 'T-A-part,part,new,P-A,,T-A-epic,']);
    const app = await bind('a');
    const plan = await app.planFileImport(folder);
    assert.deepEqual(plan.toCreate, { projects: 1, sprints: 1, tasks: taskCount + 4 });
    assert.deepEqual(
      plan.problems.map(({ line, column }) => [line, column]),
      [
        [2, 'depends_on'],
        [taskCount + 3, 'depends_on'],
      ],
    );
    await app.runImport(plan);
    const report = await app.syncNow();
    assert.deepEqual([report.error, report.pending, report.rejected, report.conflicts], [undefined, 0, 0, 0]);
    assert.deepEqual([app.queue(), app.stopped.list()], [[], []]);
    const other = await bind('b');
    assert.deepEqual(titles(other, 'P-A'), titles(app, 'P-A'));
    assert.equal(other.tracker.get('task', 'T-A-7')?.dependsOn[0], 'T-A-6');
    assert.deepEqual(
      [other.tracker.get('task', 'T-A-epic')?.dependsOn, other.tracker.get('task', 'T-A-part')?.parentId],
      [['T-A-part'], 'T-A-epic'],
    );
    for (const again of [app, other]) {
      const { entities, files, madeProjects } = await again.planFileImport(folder);
      assert.deepEqual([entities, madeProjects, files.map((file) => file.unchanged)], [[], [], [1, taskCount + 4]]);
    }
  });

  it('keeps everything while the server is away, sends it later, and nothing twice', async () => {
    const folder = await leaveTracker('B', ['T-B-1,One,done,P-B,S-B,,', 'T-B-2,Two,new,P-B,S-B,,T-B-1']);
    await close(await bind('c'));
    const offline = await open('c', { offline: true });
    await offline.runImport(await offline.planFileImport(folder));
    assert.deepEqual(titles(offline, 'P-B'), ['One', 'Two']);
    assert.equal(offline.queue().length, 4);
    await close(offline);
    const app = await open('c');
    const again = await app.planFileImport(folder);
    assert.deepEqual([again.entities, again.known], [[], 4], 'what waits is here already');
    const report = await app.syncNow();
    assert.deepEqual([report.error, report.pushed, report.pending, app.queue()], [undefined, 4, 0, []]);
    assert.deepEqual((await app.planFileImport(folder)).entities, []);
    assert.deepEqual(titles(await bind('d'), 'P-B'), ['One', 'Two']);
  });

  it('creates nothing that another workspace has brought meanwhile', async () => {
    const folder = await leaveTracker('C', ['T-C-1,One,done,P-C,S-C,,', 'T-C-2,Two,blocked,P-C,S-C,,T-C-1']);
    const [first, second] = [await bind('e'), await bind('f')];
    await first.runImport(await first.planFileImport(folder));
    await first.syncNow();
    assert.equal((await second.planFileImport(folder)).entities.length, 4, 'before it asked the server');
    await second.syncNow();
    assert.deepEqual((await second.planFileImport(folder)).entities, []);
  });
});
