import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

describe('bindings', function () {
  this.timeout(60_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('bindings');
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
  const bind = async (app: DtmApp): Promise<void> =>
    void (await app.binding.bind(await app.binding.plan(server().origin)));
  const titles = (app: DtmApp, projectId: string): string[] =>
    app.tracker
      .list('task', everything)
      .items.filter((task) => task.projectId === projectId)
      .map((task) => task.title)
      .sort();

  /** A workspace with a project, a task, and one that depends on it and is its subtask. */
  async function fill(app: DtmApp): Promise<{ projectId: string; taskId: string }> {
    const { entity: project } = await app.tracker.create('project', { name: 'Local' });
    const projectId = project?.id ?? '';
    const { entity: task } = await app.tracker.create('task', { projectId, title: 'first' });
    const taskId = task?.id ?? '';
    await app.tracker.create('task', { projectId, title: 'second', dependsOn: [taskId], parentId: taskId });
    return { projectId, taskId };
  }

  it('creates local data exactly once, however often the workspace is bound', async () => {
    const app = await open('a');
    const { projectId } = await fill(app);
    for (let round = 0; round < 3; round++) {
      await bind(app);
      assert.deepEqual(app.queue(), []);
      assert.deepEqual(titles(app, projectId), ['first', 'second']);
      await app.binding.unbind();
    }
    const other = await open('b');
    await bind(other);
    assert.deepEqual(titles(other, projectId), ['first', 'second']);
  });

  it('does not bring back what was deleted on the server', async () => {
    const app = await open('a');
    const { projectId, taskId } = await fill(app);
    await bind(app);
    const second = app.tracker.list('task', everything).items.find((one) => one.parentId === taskId);
    await app.tracker.delete('task', second?.id ?? '');
    await app.binding.unbind();
    assert.deepEqual(titles(app, projectId), ['first', 'second'], 'the local tracker is as it was');
    const plan = await app.binding.plan(server().origin);
    assert.deepEqual(plan.toCreate, { projects: 0, sprints: 0, tasks: 0 });
    await app.binding.bind(plan);
    assert.deepEqual(titles(app, projectId), ['first']);
  });

  it('loses sight of nothing if it dies between binding and creating', async () => {
    const app = await open('a');
    const { projectId } = await fill(app);
    const plan = await app.binding.plan(server().origin);
    // The moment in which the binding is remembered: what a process that is killed right then leaves behind.
    let seen: string[] | undefined;
    const subscription = app.onDidChange(() => {
      seen ??= app.binding.current && titles(app, projectId);
    });
    await app.binding.bind(plan);
    subscription.dispose();
    assert.deepEqual(seen, ['first', 'second']);
  });

  it('is followed by another process, also to another address of the same server', async () => {
    const first = await open('a');
    const second = await open('a');
    const heard: (string | undefined)[] = [];
    second.binding.onDidChange((binding) => heard.push(binding?.origin));
    await bind(first);
    await second.refresh();
    await first.accounts.whoAmI(server().origin);
    const elsewhere = server().origin.replace('127.0.0.1', '127.0.0.2');
    const plan = { ...(await first.binding.plan(server().origin)), origin: elsewhere };
    await first.binding.bind(plan);
    await second.refresh();
    assert.deepEqual(heard, [server().origin, elsewhere]);
    await first.binding.unbind();
    await second.refresh();
    assert.equal(second.binding.current, undefined);
  });

  it('does not send one account’s changes in the name of another', async () => {
    const app = await open('a');
    const { projectId } = await fill(app);
    const plan = { ...(await app.binding.plan(server().origin)), account: 'somebody-else' };
    await app.binding.bind(plan);
    assert.equal(app.status.connection.kind, 'signed-out');
    assert.match(app.status.connection.reason ?? '', /somebody-else/);
    assert.equal(app.status.pending, 3);
    const other = await open('b');
    await bind(other);
    assert.equal(other.tracker.get('project', projectId), undefined);
  });

  it('deletes a project as a whole or not at all, online', async () => {
    const app = await open('a');
    const { projectId, taskId } = await fill(app);
    await bind(app);
    const other = await open('b');
    await bind(other);
    await other.tracker.update('task', taskId, { title: 'changed meanwhile' });
    await assert.rejects(app.tracker.delete('project', projectId, { cascade: true }), { code: 'conflict' });
    await app.syncNow();
    await other.syncNow();
    assert.deepEqual(app.queue(), []);
    for (const one of [app, other]) assert.deepEqual(titles(one, projectId), ['changed meanwhile', 'second']);
  });
});
