import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { Task } from '../../../src/core/task.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { runProcess } from '../../support/processes.ts';
import { addSecondUser } from '../../support/secondUser.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

/** Two machines of one server: what stands in the files of one is not only edited there. */
describe('edits of the CSV files of a workspace with a server', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('csv-edits');
  const apps: DtmApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  const folder = (name: string) => join(root(), name);
  const file = (name: string) => join(folder(name), '.dtm/tasks.csv');

  async function using<T>(name: string, work: (app: DtmApp) => Promise<T>): Promise<T> {
    await mkdir(folder(name), { recursive: true });
    const app = await openTestApp(server().stateHome, folder(name));
    apps.push(app);
    const result = await work(app);
    await app.close();
    return result;
  }

  const bound = (name: string): Promise<void> =>
    using(name, async (app) => void (await app.binding.bind(await app.binding.plan(server().origin))));
  const tasksOf = (app: DtmApp, projectId: string): Task[] =>
    app.tracker.list('task', everything).items.filter((task) => task.projectId === projectId);
  const titled = (app: DtmApp, projectId: string, title: string): Task => {
    const task = tasksOf(app, projectId).find((one) => one.title === title);
    assert.ok(task, title);
    return task;
  };

  /** Writes another title into the file, as a spreadsheet does; the server has other projects, too. */
  async function retitle(name: string, projectId: string, from: string, to: string): Promise<void> {
    const text = await readFile(file(name), 'utf8');
    const row = new RegExp(`^(T-[^,]*,${projectId},,,)${from},`, 'm');
    assert.match(text, row);
    await writeFile(file(name), text.replace(row, `$1${to},`));
  }

  /** A project with tasks, as both machines have it. @returns the project's id */
  async function shared(...titles: string[]): Promise<string> {
    await bound('here');
    await bound('there');
    const id = await using('here', async ({ tracker }) => {
      const { entity } = await tracker.create('project', { name: 'Shared' });
      for (const title of titles) await tracker.create('task', { projectId: entity?.id, title });
      return entity?.id ?? '';
    });
    await using('there', (app) => app.syncNow());
    return id;
  }

  it('reach the server and the other machine; an older checkout with one edit undoes nothing of what came since', async () => {
    const projectId = await shared('a', 'b', 'c');
    const git = async (...args: string[]) => {
      const result = await runProcess('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: folder('here'),
      });
      assert.equal(result.code, 0, result.stderr);
    };
    await rm(join(folder('here'), '.dtm/.gitignore'));
    await git('init', '-q');
    await git('add', '-A');
    await git('commit', '-qm', 'as it was');
    await using('there', async ({ tracker, ...app }) => {
      void app;
      const [a] = tracker.list('task', everything).items.filter((task) => task.title === 'a');
      await tracker.update('task', a?.id ?? '', { title: 'a, by a colleague' });
      await tracker.create('task', { projectId, title: 'd, by a colleague' });
    });
    await using('here', (app) => app.syncNow());
    await git('checkout', '-q', '--', '.');
    const old = await readFile(file('here'), 'utf8');
    assert.match(old, /,a,/, 'the older files are back');
    await writeFile(file('here'), old.replace(/(,b,.*?),p2,/, '$1,p0,'));
    await using('here', async (app) => {
      await app.takeInCsv();
      await app.syncNow();
      assert.deepEqual(app.status.csv, { problems: [], missing: [], stale: [], untrusted: [] });
      assert.deepEqual(app.queue(), []);
    });
    await using('there', async (app) => {
      await app.syncNow();
      const titles = tasksOf(app, projectId).map(({ title }) => title);
      assert.deepEqual(titles.sort(), ['a, by a colleague', 'b', 'c', 'd, by a colleague']);
      assert.equal(titled(app, projectId, 'b').priority, 'p0');
    });
    assert.match(await readFile(file('here'), 'utf8'), /d, by a colleague/);
  });

  it('of a field that a colleague changed since are asked about, and hold nothing else up', async () => {
    const projectId = await shared('a', 'b');
    await using('there', async ({ tracker }) => {
      const [a] = tracker
        .list('task', everything)
        .items.filter((task) => task.projectId === projectId && task.title === 'a');
      await tracker.update('task', a?.id ?? '', { title: 'theirs' });
    });
    await retitle('here', projectId, 'a', 'mine');
    await retitle('here', projectId, 'b', 'b too');
    await using('here', async (app) => {
      await app.takeInCsv();
      await app.syncNow();
      assert.deepEqual(
        app.stopped.list().map(({ state }) => state),
        ['conflict'],
      );
      assert.deepEqual(
        tasksOf(app, projectId)
          .map(({ title }) => title)
          .sort(),
        ['b too', 'theirs'],
      );
    });
  });

  it('are not pushed from a folder that a stranger made, before it is trusted', async () => {
    const projectId = await shared('a');
    await cp(folder('here'), folder('clone'), { recursive: true });
    await retitle('clone', projectId, 'a', 'by a stranger');
    await using('clone', async (app) => {
      await app.binding.bind(await app.binding.plan(server().origin));
      await app.takeInCsv();
      await app.syncNow();
      assert.equal(app.status.csv.untrusted.length, 3);
      assert.deepEqual(
        tasksOf(app, projectId).map(({ title }) => title),
        ['a'],
      );
    });
    assert.match(await readFile(file('clone'), 'utf8'), /by a stranger/, 'and the file is left as it is');
  });

  it('made for another server are not taken for this one', async () => {
    const projectId = await shared('a');
    await retitle('here', projectId, 'a', 'edited');
    await using('here', async (app) => {
      await app.binding.unbind();
      await app.takeInCsv();
      assert.match(app.status.csv.problems[0]?.message ?? 'none', /while the workspace belonged to another server/);
    });
    await using('here', async (app) => {
      await app.binding.bind(await app.binding.plan(server().origin));
      await app.takeInCsv();
      assert.deepEqual(
        tasksOf(app, projectId).map(({ title }) => title),
        ['edited'],
      );
    });
  });

  it('made while somebody else is signed in wait for the account that the workspace is bound for', async () => {
    const projectId = await shared('a');
    await retitle('here', projectId, 'a', 'edited');
    const { token } = await addSecondUser(server(), 'bea');
    const foreign = await openTestApp(server().stateHome, folder('here'), { accessToken: token });
    apps.push(foreign);
    await foreign.takeInCsv();
    assert.deepEqual([foreign.status.connection.otherAccount, foreign.queue()], ['bea', []]);
    await foreign.close();
    await using('here', async (app) => {
      await app.takeInCsv();
      await app.syncNow();
      assert.deepEqual(
        tasksOf(app, projectId).map(({ title }) => title),
        ['edited'],
      );
    });
  });
});
