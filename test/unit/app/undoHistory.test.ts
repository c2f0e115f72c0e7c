import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppOptions } from '../../../src/app/createApp.ts';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { type Entity, editableFields, fieldValue, kindOf } from '../../../src/core/entity.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { entityKinds } from '../../../src/core/ids.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { assertSoundEvidence } from '../../support/ledgerCheck.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

async function rejects(work: Promise<unknown>, code: ErrorCode, message: RegExp | string): Promise<void> {
  const error = await rejectsWith(work, code);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
}

/** All that people write, by id. */
function written({ tracker }: DtmApp) {
  const entities = entityKinds.flatMap((kind): readonly Entity[] => tracker.list(kind, everything).items);
  const values = (entity: Entity) => editableFields(kindOf(entity)).map((field) => fieldValue(entity, field));
  return new Map(entities.map((entity) => [entity.id, values(entity)]));
}

describe('undo', function () {
  this.timeout(60_000);
  const apps: DtmApp[] = [];
  // Before the folder goes.
  afterEach(async () => {
    await assertSoundEvidence(...apps);
    for (const app of apps.splice(0)) await app.close();
  });
  const root = useTemporaryFolder('undo');

  async function open(name: string, options: Partial<AppOptions> = {}, stateHome = join(root(), name, 'state')) {
    const workspace = join(root(), name, 'workspace');
    await mkdir(workspace, { recursive: true });
    const app = await openTestApp(stateHome, workspace, options);
    apps.push(app);
    return app;
  }
  const makeProject = async ({ tracker }: DtmApp) =>
    (await tracker.create('project', { name: 'Website' })).entity?.id ?? '';
  const makeTask = async ({ tracker }: DtmApp, projectId: string, more: object = {}) =>
    (await tracker.create('task', { projectId, title: 'Fix it', ...more })).entity?.id ?? '';

  describe('in a workspace of one', () => {
    it('takes every change back, the last one first, and makes each again', async () => {
      const app = await open('local');
      const { tracker, undo } = app;
      const states = [written(app)];
      const acts: string[] = [];
      const did = (): void => {
        states.push(written(app));
        acts.push(undo.undoable?.act.verb ?? '');
      };
      const projectId = await makeProject(app);
      did();
      const id = await makeTask(app, projectId);
      did();
      await tracker.update('task', id, { title: 'Fix it well', labels: ['web'], assignees: ['ana'] });
      did();
      await tracker.update('task', id, { labels: ['urgent'] });
      did();
      await tracker.complete(id);
      did();
      await tracker.reopen(id);
      did();
      await tracker.moveTo('task', id, 'in_progress');
      did();
      await tracker.delete('project', projectId, { cascade: true });
      did();
      assert.deepEqual(acts, ['create', 'create', 'edit', 'edit', 'complete', 'reopen', 'status', 'delete']);

      for (const [index, verb] of [...acts.entries()].reverse()) {
        assert.equal((await undo.undo()).act.verb, verb);
        assert.deepEqual(written(app), states[index], `${verb} is undone`);
      }
      assert.equal(undo.undoable, undefined);
      await rejects(undo.undo(), 'not-found', /nothing to undo/);
      for (const [index, verb] of acts.entries()) {
        assert.equal((await undo.redo()).act.verb, verb);
        assert.deepEqual(written(app), states[index + 1], `${verb} is made again`);
      }
      await rejects(undo.redo(), 'not-found', /nothing to redo/);
      for (let left = acts.length; left > 0; left--) await undo.undo();
      assert.equal(written(app).size, 0, 'what was made again can be taken back again');
    });

    it('forgets what was undone once something else is changed', async () => {
      const app = await open('local');
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.update('task', id, { title: 'one' });
      await app.undo.undo();
      assert.equal(app.undo.redoable?.act.name, 'one');
      await app.tracker.update('task', id, { title: 'two' });
      assert.equal(app.undo.redoable, undefined);
    });

    it('brings back tasks that refer to each other, and a task whose parent is gone', async () => {
      const app = await open('local');
      const { tracker, undo } = app;
      const projectId = await makeProject(app);
      const whole = await makeTask(app, projectId);
      const part = await makeTask(app, projectId, { parentId: whole });
      await tracker.update('task', whole, { dependsOn: [part] });
      const before = written(app);
      await tracker.delete('project', projectId, { cascade: true });
      await undo.undo();
      assert.deepEqual(written(app), before);
      await tracker.delete('task', whole);
      await tracker.delete('task', part);
      await undo.undo();
      assert.equal(tracker.get('task', part)?.parentId, whole);
      await undo.undo();
      assert.deepEqual(written(app), before);
      await undo.redo();
      assert.deepEqual([tracker.get('task', whole), tracker.count('task')], [undefined, 1], 'as it was deleted before');
    });

    it('puts the tasks of a deleted sprint back into it', async () => {
      const app = await open('local');
      const projectId = await makeProject(app);
      const { entity: sprint } = await app.tracker.create('sprint', { projectId, name: 'Sprint 1' });
      const id = await makeTask(app, projectId, { sprintId: sprint?.id });
      await app.tracker.delete('sprint', sprint?.id ?? '');
      assert.equal(app.tracker.get('task', id)?.sprintId, null);
      const { act } = await app.undo.undo();
      assert.deepEqual([act.verb, act.kind, act.name, act.others], ['delete', 'sprint', 'Sprint 1', 1]);
      assert.equal(app.tracker.get('task', id)?.sprintId, sprint?.id);
    });

    it('takes what a status needed back together with the status', async () => {
      const app = await open('local');
      const id = await makeProject(app);
      await app.tracker.moveTo('project', id, 'completed', { needed: { owner: 'ana' } });
      const project = app.tracker.get('project', id);
      assert.deepEqual([project?.status, project?.owner], ['completed', 'ana']);
      assert.equal((await app.undo.undo()).act.verb, 'complete');
      const back = app.tracker.get('project', id);
      assert.deepEqual([back?.status, back?.owner, app.undo.undoable?.act.verb], ['new', null, 'create']);
    });

    it('refuses as a whole where a value has moved on, naming it, and goes on with the change before', async () => {
      const app = await open('local');
      const elsewhere = await open('local', { requestTimeoutMs: 20 });
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.update('task', id, { owner: 'ana', title: 'Mine' });
      await elsewhere.refresh();
      await elsewhere.tracker.update('task', id, { title: 'Theirs' });
      await app.refresh();
      await rejects(app.undo.undo(), 'conflict', `“Theirs” (${id}) has been changed since: title`);
      const task = app.tracker.get('task', id);
      assert.deepEqual([task?.title, task?.owner], ['Theirs', 'ana'], 'what has not moved on stays, too');
      assert.equal(app.undo.undoable?.act.verb, 'create');
      await rejects(app.undo.undo(), 'conflict', /has been changed since: title, owner$/);
    });

    it('does not delete a project into which something was put since', async () => {
      const app = await open('local');
      const elsewhere = await open('local', { requestTimeoutMs: 20 });
      const projectId = await makeProject(app);
      await elsewhere.refresh();
      await makeTask(elsewhere, projectId);
      await app.refresh();
      await rejects(app.undo.undo(), 'has-dependents', /“Website” \(P-\w+\) has 1 task by now/);
      assert.ok(app.tracker.get('project', projectId));
    });

    it('says so where others have deleted what was edited', async () => {
      const app = await open('local');
      const elsewhere = await open('local', { requestTimeoutMs: 20 });
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.update('task', id, { title: 'Mine' });
      await elsewhere.refresh();
      await elsewhere.tracker.delete('task', id);
      await app.refresh();
      await rejects(app.undo.undo(), 'conflict', `${id} has been deleted since`);
    });

    it('takes back the one that is named, whatever came after, and only once', async () => {
      const app = await open('local');
      const projectId = await makeProject(app);
      const id = await makeTask(app, projectId);
      const { changeId } = await app.tracker.delete('task', id);
      const other = await makeTask(app, projectId);
      await app.undo.undo(changeId);
      assert.ok(app.tracker.get('task', id));
      await rejects(app.undo.undo(changeId), 'not-found', /nothing to undo/);
      await app.undo.undo();
      assert.equal(app.tracker.get('task', other), undefined, 'the others keep their order');
    });

    it('does several at once in their order', async () => {
      const app = await open('local');
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.complete(id);
      await Promise.all([app.undo.undo(), app.undo.undo(), app.undo.undo()]);
      assert.equal(written(app).size, 0);
    });

    it('keeps the last hundred changes', async () => {
      const app = await open('local');
      const id = await makeTask(app, await makeProject(app));
      for (let count = 1; count <= 100; count++) await app.tracker.update('task', id, { title: `title ${count}` });
      for (let count = 1; count <= 100; count++) await app.undo.undo();
      assert.equal(app.undo.undoable, undefined);
      assert.equal(app.tracker.get('task', id)?.title, 'Fix it');
    });
  });

  describe('with a server', () => {
    const server = useDtmServer();
    const bind = async (app: DtmApp): Promise<void> =>
      void (await app.binding.bind(await app.binding.plan(server().origin)));
    const online = async (name: string): Promise<DtmApp> => {
      const app = await open(name, {}, server().stateHome);
      await bind(app);
      return app;
    };

    it('reaches the server, over every step of the lifecycle', async () => {
      const app = await online('ana');
      const other = await online('ben');
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.complete(id);
      await app.undo.undo();
      await other.syncNow();
      const task = other.tracker.get('task', id);
      assert.deepEqual([task?.status, task?.completedAt], ['new', null]);
      await app.undo.redo();
      await other.syncNow();
      assert.equal(other.tracker.get('task', id)?.status, 'done');
      assert.deepEqual(app.queue(), []);
    });

    it('takes back what was not even sent, and both arrive', async () => {
      const app = await online('ana');
      const projectId = await makeProject(app);
      const id = await makeTask(app, projectId);
      const before = written(app);
      await app.close();
      const away = await open('ana', { offline: true }, server().stateHome);
      await away.tracker.complete(id);
      const made = await makeTask(away, projectId);
      await away.tracker.delete('project', projectId, { cascade: true });
      const pending = away.status.pending;
      for (let count = 1; count <= 3; count++) await away.undo.undo();
      assert.deepEqual(written(away), before);
      assert.equal(away.status.pending, 2 * pending, 'each is taken back by one more');
      await away.close();
      const again = await open('ana', {}, server().stateHome);
      assert.equal((await again.syncNow()).error, undefined);
      assert.deepEqual([again.queue(), again.stopped.list()], [[], []]);
      assert.deepEqual(written(again), before);
      assert.equal(again.tracker.get('task', made), undefined);
    });

    it('does not offer what the server refused, or what was discarded', async () => {
      const app = await online('ana');
      const other = await online('ben');
      const id = await makeTask(app, await makeProject(app));
      const known = app.undo.undoable;
      await other.syncNow();
      await other.tracker.update('task', id, { title: 'Theirs' });
      await rejects(app.tracker.update('task', id, { title: 'Mine' }), 'conflict', /Title was changed meanwhile/);
      assert.equal(app.undo.undoable, known);
      await app.close();
      const away = await open('ana', { offline: true }, server().stateHome);
      await away.tracker.update('task', id, { title: 'Mine' });
      await away.dropQueued(away.queue().map(({ operation }) => operation.opId));
      await rejects(away.undo.undo(), 'conflict', /nothing is left of that change of “Mine”/);
    });

    it('overwrites nothing that others changed and this workspace has not seen yet', async () => {
      const app = await online('ana');
      const other = await online('ben');
      const id = await makeTask(app, await makeProject(app));
      await app.tracker.update('task', id, { title: 'Mine' });
      await other.syncNow();
      await other.tracker.update('task', id, { title: 'Theirs' });
      await rejects(app.undo.undo(), 'conflict', /Title was changed meanwhile/);
      await app.syncNow();
      assert.equal(app.tracker.get('task', id)?.title, 'Theirs');
      assert.deepEqual([app.queue(), app.undo.redoable], [[], undefined]);
    });

    it('knows nothing of what was changed while the workspace belonged to another server', async () => {
      const app = await open('ana', {}, server().stateHome);
      await makeProject(app);
      assert.ok(app.undo.undoable);
      await bind(app);
      assert.equal(app.undo.undoable, undefined);
      await rejects(app.undo.undo(), 'not-found', /nothing to undo/);
    });
  });
});
