import assert from 'node:assert/strict';
import type { DtmApp } from '../../../../src/app/dtmApp.ts';
import { ProjectsModel } from '../../../../src/extension/views/projectsModel.ts';
import { SprintsModel } from '../../../../src/extension/views/sprintsModel.ts';
import { TasksModel } from '../../../../src/extension/views/tasksModel.ts';
import { TreeMemory } from '../../../../src/extension/views/treeMemory.ts';
import type { TreeModel } from '../../../../src/extension/views/treeModel.ts';
import type { TreeNode } from '../../../../src/extension/views/treeNode.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';
import { openTestApp } from '../../../support/testApp.ts';

describe('TreeMemory', () => {
  const folder = useTemporaryFolder('tree');
  const state = useTemporaryFolder('tree-state');
  let app: DtmApp;
  let ids: { project: string; sprint: string; inSprint: string; inBacklog: string; subtask: string };

  beforeEach(async () => {
    app = await openTestApp(state(), folder());
    ids = await plant(app);
  });
  afterEach(() => app.close());

  it('lists projects, sprints, backlog, tasks and subtasks, each in one place', () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    const { project, sprint, inSprint, inBacklog, subtask } = ids;
    assert.deepEqual(tree.draw(), [project, sprint, inSprint, subtask, `backlog:${project}`, inBacklog]);
  });

  it('lists sprints by phase, and tasks by status with the work at hand first', async () => {
    await app.tracker.moveTo('task', ids.inSprint, 'in_progress');
    await app.tracker.complete(ids.inBacklog);
    const sprints = new Drawn(app, new SprintsModel(app.tracker));
    assert.deepEqual(sprints.draw(), ['phase:planned', ids.sprint, ids.inSprint, ids.subtask]);
    const tasks = new Drawn(app, new TasksModel(app.tracker));
    const done = ['status:done', ids.inBacklog];
    assert.deepEqual(tasks.draw(), ['status:in_progress', ids.inSprint, 'status:new', ids.subtask, ...done]);
  });

  it('redraws a changed task and nothing else', async () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    tree.draw();
    await app.tracker.update('task', ids.inSprint, { title: 'Renamed' });
    assert.deepEqual(tree.changed(ids.inSprint), [ids.inSprint]);
  });

  it('redraws nothing where nothing looks different', async () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    tree.draw();
    await app.tracker.update('task', ids.inSprint, { labels: ['web'] });
    assert.deepEqual(tree.changed(ids.inSprint), []);
  });

  it('redraws both parents of a task that moves, and together', async () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    tree.draw();
    const { entity: other } = await app.tracker.create('task', { title: 'Stays', projectId: ids.project });
    tree.changed(other?.id ?? '');
    tree.draw();
    await app.tracker.update('task', ids.inBacklog, { sprintId: ids.sprint });
    assert.deepEqual(new Set(tree.changed(ids.inBacklog)), new Set([ids.sprint, `backlog:${ids.project}`]));
    assert.ok(tree.draw().includes(ids.inBacklog));
  });

  it('redraws the project when its backlog comes or goes', async () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    tree.draw();
    await app.tracker.delete('task', ids.inBacklog);
    assert.deepEqual(tree.changed(ids.inBacklog), [ids.project]);
    assert.ok(!tree.draw().includes(`backlog:${ids.project}`));
  });

  it('redraws the whole tree when a project comes', async () => {
    const tree = new Drawn(app, new ProjectsModel(app.tracker));
    tree.draw();
    const { entity } = await app.tracker.create('project', { name: 'Another' });
    assert.deepEqual(tree.changed(entity?.id ?? ''), [undefined]);
  });

  it('shows 200 siblings, and more when asked', async () => {
    for (let i = 0; i < 205; i++) {
      await app.tracker.create('task', { title: `Task ${i}`, projectId: ids.project, sprintId: ids.sprint });
    }
    const memory = new TreeMemory(new ProjectsModel(app.tracker), app.tracker, (node) => node.key);
    const [project] = memory.list(undefined);
    const sprint = memory.list(project)[0];
    const first = memory.list(sprint);
    assert.equal(first.length, 201);
    assert.deepEqual(first.at(-1), { type: 'more', key: `more:${ids.sprint}`, parentKey: ids.sprint, hidden: 6 });
    assert.equal(memory.showMore(ids.sprint), sprint);
    assert.equal(memory.list(sprint).length, 206);
  });

  it('gives the same object for the same node, so that the editor keeps the selection', () => {
    const memory = new TreeMemory(new ProjectsModel(app.tracker), app.tracker, (node) => node.key);
    assert.equal(memory.list(undefined)[0], memory.list(undefined)[0]);
  });
});

/** A tree whose nodes are all unfolded; its nodes look like their labels. */
class Drawn {
  readonly #memory: TreeMemory;

  constructor(app: DtmApp, model: TreeModel) {
    const labelOf = (node: TreeNode) => {
      const entity = node.type === 'entity' ? app.tracker.get(node.kind, node.id) : undefined;
      return entity && 'title' in entity ? entity.title : node.key;
    };
    this.#memory = new TreeMemory(model, app.tracker, labelOf);
  }

  draw(parent?: TreeNode): string[] {
    return this.#memory.list(parent).flatMap((node) => {
      this.#memory.noteLook(node);
      return [node.key, ...this.draw(node)];
    });
  }

  changed(...ids: string[]): (string | undefined)[] {
    return this.#memory.changed(new Set(ids)).map((node) => node?.key);
  }
}

async function plant({ tracker }: DtmApp) {
  const project = (await tracker.create('project', { name: 'Website' })).entity?.id ?? '';
  const sprint = (await tracker.create('sprint', { name: 'Sprint 1', projectId: project })).entity?.id ?? '';
  const task = async (title: string, more: object) =>
    (await tracker.create('task', { title, projectId: project, ...more })).entity?.id ?? '';
  const inSprint = await task('In the sprint', { sprintId: sprint });
  const inBacklog = await task('In the backlog', {});
  const subtask = await task('A part of it', { sprintId: sprint, parentId: inSprint });
  return { project, sprint, inSprint, inBacklog, subtask };
}
