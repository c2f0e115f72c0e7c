import assert from 'node:assert/strict';
import { createCommands } from '../../src/extension/commands/createCommands.ts';
import { entityCommands } from '../../src/extension/commands/entityCommands.ts';
import { statusCommands } from '../../src/extension/commands/statusCommands.ts';
import { undoCommands } from '../../src/extension/undo/undoCommands.ts';
import { everything } from '../../src/extension/views/everything.ts';
import { entityNode, groupNode } from '../../src/extension/views/treeNode.ts';
import { type HostBench, useHostBench } from './support/hostBench.ts';

const run = (bench: HostBench) => ({
  ...createCommands(bench.context),
  ...statusCommands(bench.context),
  ...entityCommands(bench.context),
  ...undoCommands(bench.context),
});
const tasks = ({ app }: HostBench) => everything(app.tracker, 'task');

/** What a notification's button starts goes on after the command; mocha's own limit ends the waiting. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function plant({ app }: HostBench) {
  const { entity: project } = await app.tracker.create('project', { name: 'Website' });
  const projectId = project?.id ?? '';
  const { entity: sprint } = await app.tracker.create('sprint', { name: 'Sprint 1', projectId });
  const { entity: task } = await app.tracker.create('task', { title: 'Fix it', projectId, sprintId: sprint?.id });
  return { project: projectId, sprint: sprint?.id ?? '', task: task?.id ?? '' };
}

export function commandsSuite(): void {
  describe('the commands', () => {
    const bench = useHostBench();

    it('create a project, and show it', async () => {
      bench().person.will('Website', 'Sell more');
      await run(bench())['dtm.createProject']();
      const [project] = everything(bench().app.tracker, 'project');
      assert.deepEqual([project?.name, project?.mission], ['Website', 'Sell more']);
      assert.deepEqual(bench().revealed, [project?.id]);
    });

    it('create nothing when Escape is pressed at the second question', async () => {
      bench().person.will('Website', 'Escape');
      await bench().guard('test', () => run(bench())['dtm.createProject']());
      assert.equal(bench().app.tracker.count('project'), 0);
      assert.deepEqual(bench().person.told, []);
    });

    it('make an Inbox for a task where there is no project, and say so', async () => {
      bench().person.will('Call Ana');
      await run(bench())['dtm.createTask']();
      const [project] = everything(bench().app.tracker, 'project');
      assert.equal(project?.name, 'Inbox');
      assert.equal(tasks(bench())[0]?.projectId, project?.id);
      assert.match(bench().person.told.join(), /“Inbox” was made/);
    });

    it('make no Inbox when Escape is pressed', async () => {
      bench().person.will('Escape');
      await bench().guard('test', () => run(bench())['dtm.createTask']());
      assert.equal(bench().app.tracker.count('project'), 0);
    });

    it('put a task where the chosen node stands, without asking', async () => {
      const { project, sprint } = await plant(bench());
      bench().person.will('In the sprint');
      await run(bench())['dtm.createTask'](entityNode('sprint', sprint));
      bench().person.will('In the backlog');
      await run(bench())['dtm.createTask'](groupNode({ kind: 'backlog', projectId: project }));
      const places = Object.fromEntries(tasks(bench()).map(({ title, sprintId }) => [title, sprintId]));
      assert.deepEqual([places['In the sprint'], places['In the backlog']], [sprint, null]);
    });

    it('make a subtask beside its parent', async () => {
      const { task, sprint } = await plant(bench());
      bench().person.will('A part');
      await run(bench())['dtm.createSubtask'](entityNode('task', task));
      const part = tasks(bench()).find(({ title }) => title === 'A part');
      assert.deepEqual([part?.parentId, part?.sprintId], [task, sprint]);
    });

    it('refuse a title of 0 and of 501 characters while it is typed', async () => {
      await plant(bench());
      bench().person.will('  ', 'x'.repeat(501), 'x'.repeat(500), { pick: 'Backlog' });
      await run(bench())['dtm.createTask']();
      assert.match(bench().person.told[0] ?? '', /must stand here/);
      assert.match(bench().person.told[1] ?? '', /500.*501/);
      assert.equal(tasks(bench()).length, 2);
    });

    it('refuse a sprint that ends before it starts', async () => {
      const { project } = await plant(bench());
      bench().person.will('Sprint 2', '2026-02-01', '2026-01-01', '2026-02-14');
      await run(bench())['dtm.createSprint'](entityNode('project', project));
      assert.match(bench().person.told.join(), /Not before it starts/);
      const ends = everything(bench().app.tracker, 'sprint').map(({ endDate }) => endDate);
      assert.ok(ends.includes('2026-02-14'));
    });

    it('edit one field, typed or picked', async () => {
      const { task } = await plant(bench());
      const edit = run(bench())['dtm.edit'];
      (await bench().person.will({ pick: 'Title' }, 'Fix it well')) && (await edit(entityNode('task', task)));
      (await bench().person.will({ pick: 'Priority' }, { pick: 'p0' })) && (await edit(entityNode('task', task)));
      (await bench().person.will({ pick: 'Labels' }, 'web, urgent, web')) && (await edit(entityNode('task', task)));
      (await bench().person.will({ pick: 'Estimate (points)' }, 'many', '2,5')) &&
        (await edit(entityNode('task', task)));
      (await bench().person.will({ pick: 'Sprint' }, { pick: 'Backlog' })) && (await edit(entityNode('task', task)));
      const after = bench().app.tracker.get('task', task);
      assert.deepEqual(
        [after?.title, after?.priority, after?.labels, after?.estimatePoints, after?.sprintId],
        ['Fix it well', 'p0', ['urgent', 'web'], 2.5, null],
      );
      assert.match(bench().person.told.join(), /number/);
    });

    it('offer no one-line box for a text of several lines', async () => {
      const { task } = await plant(bench());
      await bench().app.tracker.update('task', task, { description: 'one\ntwo' });
      bench().person.will({ pick: 'Description' });
      await assert.rejects(async () => run(bench())['dtm.edit'](entityNode('task', task)), /is not among/);
    });

    it('set only a status that may follow, and ask for the reason that it needs', async () => {
      const { task } = await plant(bench());
      const setStatus = run(bench())['dtm.setStatus'];
      bench().person.will({ pick: 'Done' });
      await assert.rejects(setStatus(entityNode('task', task)), /Done is not among Ready, Dropped/);
      bench().person.will({ pick: 'Ready' });
      await setStatus(entityNode('task', task));
      bench().person.will({ pick: 'Blocked' }, '', 'No access yet');
      await setStatus(entityNode('task', task));
      const after = bench().app.tracker.get('task', task);
      assert.deepEqual([after?.status, after?.blockedReason], ['blocked', 'No access yet']);
    });

    it('start, complete and reopen, whatever lies between', async () => {
      const { task } = await plant(bench());
      const status = () => bench().app.tracker.get('task', task)?.status;
      const { 'dtm.start': start, 'dtm.complete': complete, 'dtm.reopen': reopen } = run(bench());
      await start(entityNode('task', task));
      assert.equal(status(), 'in_progress');
      await complete(entityNode('task', task));
      assert.equal(status(), 'done');
      await reopen(entityNode('task', task));
      assert.equal(status(), 'ready');
    });

    it('ask who owns a project before it starts', async () => {
      const { project } = await plant(bench());
      bench().person.will('ana');
      await run(bench())['dtm.start'](entityNode('project', project));
      const after = bench().app.tracker.get('project', project);
      assert.deepEqual([after?.status, after?.owner], ['active', 'ana']);
    });

    it('delete a task, and bring it back by Undo', async () => {
      const { task } = await plant(bench());
      bench().person.nextAction = 'Undo';
      await run(bench())['dtm.delete'](entityNode('task', task));
      assert.match(bench().person.told.join(), /Deleted task “Fix it”/);
      await until(() => bench().app.tracker.get('task', task) !== undefined);
      assert.equal(bench().app.tracker.get('task', task)?.title, 'Fix it');
    });

    it('leave it deleted where the notification is closed', async () => {
      const { task } = await plant(bench());
      await run(bench())['dtm.delete'](entityNode('task', task));
      assert.match(bench().person.told.join(), /Deleted task/);
      assert.equal(bench().app.tracker.get('task', task), undefined);
    });

    it('ask before a project goes with everything in it, and bring all of it back', async () => {
      const { project, sprint, task } = await plant(bench());
      const { tracker } = bench().app;
      await tracker.create('task', { title: 'A part', projectId: project, parentId: task });
      bench().person.will('Escape');
      await bench().guard('test', () => run(bench())['dtm.delete'](entityNode('project', project)));
      assert.equal(tracker.count('project'), 1);
      bench().person.will({ pick: 'Delete All' });
      bench().person.nextAction = 'Undo';
      await run(bench())['dtm.delete'](entityNode('project', project));
      assert.match(bench().person.asked.join(), /1 sprint, 2 tasks/);
      await until(() => tracker.count('task') === 2);
      assert.deepEqual([tracker.count('project'), tracker.count('sprint'), tracker.count('task')], [1, 1, 2]);
      assert.equal(tracker.get('task', task)?.sprintId, sprint);
    });

    it('undo and redo the last change of this window, say which it was, and show it', async () => {
      const { task } = await plant(bench());
      const { 'dtm.complete': complete, 'dtm.undo': undo, 'dtm.redo': redo } = run(bench());
      const status = () => bench().app.tracker.get('task', task)?.status;
      await complete(entityNode('task', task));
      await undo();
      assert.deepEqual([status(), bench().person.told.at(-1)], ['new', 'Undid: Complete task “Fix it”']);
      assert.equal(bench().revealed.at(-1), task);
      await redo();
      assert.deepEqual([status(), bench().person.told.at(-1)], ['done', 'Redid: Complete task “Fix it”']);
      bench().person.will({ pick: 'Title' }, 'Fix it well');
      await run(bench())['dtm.edit'](entityNode('task', task));
      await undo();
      assert.equal(bench().person.told.at(-1), 'Undid: Edit task “Fix it well” (Title)');
      await undo();
      await undo();
      assert.equal(bench().person.told.at(-1), 'Undid: Create task “Fix it”');
      assert.equal(bench().app.tracker.get('task', task), undefined);
    });

    it('say that there is nothing to undo or redo', async () => {
      await run(bench())['dtm.undo']();
      await run(bench())['dtm.redo']();
      assert.match(bench().person.told.join(), /nothing to undo.*nothing to redo/);
      assert.deepEqual(
        bench()
          .logged.join()
          .match(/command\.failed/),
        null,
      );
    });

    it('undo as a whole, from the notification, what was deleted before something else was changed', async () => {
      const { sprint, task } = await plant(bench());
      const { tracker, undo } = bench().app;
      bench().person.nextAction = 'Undo';
      const { 'dtm.delete': remove, 'dtm.undo': undoLast } = run(bench());
      await remove(entityNode('sprint', sprint));
      await until(() => tracker.get('sprint', sprint) !== undefined);
      assert.equal(tracker.get('task', task)?.sprintId, sprint);
      await until(() => bench().person.told.includes('Undid: Delete sprint “Sprint 1” and 1 more'));
      assert.equal(undo.redoable?.act.verb, 'delete', 'it is the same history');
      await undoLast();
      assert.equal(tracker.get('task', task), undefined, 'what came before goes next');
    });

    it('name what has moved on instead of undoing', async () => {
      const { task } = await plant(bench());
      const { tracker, undo } = bench().app;
      const { changeId } = await tracker.update('task', task, { title: 'Mine' });
      await tracker.update('task', task, { title: 'Later' });
      await bench().guard('test', () => undo.undo(changeId));
      assert.match(bench().person.told.join(), /“Later” \(T-\w+\) has been changed since: title\. Nothing was undone/);
    });

    it('say in plain words what is wrong, with what to do, and no stack', async () => {
      await bench().guard('test', () => run(bench())['dtm.edit']('T-0000000000'));
      const [message = ''] = bench().person.told;
      assert.match(message, /There is no task T-0000000000\./);
      assert.doesNotMatch(message, /\bat \w+.*:\d+/);
    });

    it('copy the id', async () => {
      const { task } = await plant(bench());
      await run(bench())['dtm.copyId'](entityNode('task', task));
      assert.equal(bench().person.copied, task);
    });
  });
}
