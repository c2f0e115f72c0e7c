import assert from 'node:assert/strict';
import { MarkdownString, type TreeItem, TreeItemCheckboxState, type TreeItemLabel } from 'vscode';
import { EntityTree } from '../../src/extension/views/entityTree.ts';
import type { TreeNode } from '../../src/extension/views/treeNode.ts';
import { type TreeViewId, treeViews } from '../../src/extension/views/trees.ts';
import { type HostBench, useHostBench } from './support/hostBench.ts';

export function treesSuite(): void {
  describe('the trees', () => {
    const bench = useHostBench();
    const trees: EntityTree[] = [];
    const tree = (id: TreeViewId): EntityTree => {
      const made = new EntityTree(bench().host, treeViews[id]);
      trees.push(made);
      return made;
    };
    afterEach(() => {
      for (const made of trees.splice(0)) made.dispose();
    });

    it('say in words how things stand', async () => {
      const ids = await plant(bench());
      const item = await itemOf(tree('dtm.projects'), ids.task);
      assert.equal(item.description, 'overdue · blocked · No access yet · due 2020-01-31 · p0 · @ana · 3 points');
      assert.equal(
        item.accessibilityInformation?.label,
        `task Fix it, ${item.description?.toString().replaceAll(' · ', ', ')}`,
      );
      assert.equal(item.contextValue, 'task.blocked');
    });

    it('count what is done, overdue and blocked in a project and a sprint', async () => {
      const ids = await plant(bench());
      const project = await itemOf(tree('dtm.projects'), ids.project);
      assert.equal(project.description, 'new · 1 overdue · 1 blocked · 1/2 done');
      const sprint = await itemOf(tree('dtm.sprints'), ids.sprint);
      assert.match(
        String(sprint.description),
        /^active · \d+ days left · 1 overdue · 1 blocked · 0\/1 done · 0\/3 points$/,
      );
    });

    it('have a checkbox for tasks, ticked when done', async () => {
      const ids = await plant(bench());
      const boxOf = async (id: string) => (await itemOf(tree('dtm.projects'), id)).checkboxState;
      const stateOf = (box: TreeItem['checkboxState']) => (typeof box === 'object' ? box.state : box);
      assert.equal(stateOf(await boxOf(ids.done)), TreeItemCheckboxState.Checked);
      assert.equal(stateOf(await boxOf(ids.task)), TreeItemCheckboxState.Unchecked);
      assert.equal(await boxOf(ids.project), undefined);
    });

    it('show in the tooltip what people wrote, as text only', async () => {
      const ids = await plant(bench());
      const projects = tree('dtm.projects');
      const node = await find(projects, ids.task);
      assert.ok(node);
      const { tooltip } = projects.resolveTreeItem(projects.getTreeItem(node), node);
      assert.ok(tooltip instanceof MarkdownString);
      assert.ok(!tooltip.isTrusted && !tooltip.supportHtml);
      assert.doesNotMatch(tooltip.value, /\[evil\]\(command:/);
    });

    it('group the working list by status, what is at hand first', async () => {
      await plant(bench());
      const tasks = tree('dtm.tasks');
      const groups = (await tasks.getChildren()).map((node) => label(tasks.getTreeItem(node)));
      assert.deepEqual(groups, ['Blocked', 'Done']);
    });

    it('tell the editor of the changed node alone', async () => {
      const ids = await plant(bench());
      const projects = tree('dtm.projects');
      await find(projects, ids.task);
      const fired: unknown[] = [];
      const heard = new Promise<void>((resolve) => {
        projects.onDidChangeTreeData?.((what) => {
          fired.push(what);
          resolve();
        });
      });
      const subscription = bench().host.onDidChangeEntities((change) => projects.noteChange(change));
      await bench().app.tracker.update('task', ids.task, { title: 'Renamed' });
      await heard;
      subscription.dispose();
      const [first] = fired as TreeNode[][];
      assert.deepEqual(
        first?.map(({ key }) => key),
        [ids.task],
      );
    });

    it('draw nothing while hidden, and all of it when shown again', async () => {
      const ids = await plant(bench());
      const projects = tree('dtm.projects');
      await find(projects, ids.task);
      const fired: unknown[] = [];
      projects.onDidChangeTreeData?.((what) => fired.push(what));
      projects.setVisible(false);
      projects.noteChange(new Set([ids.task]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(fired, []);
      projects.setVisible(true);
      assert.deepEqual(fired, [undefined]);
    });
  });
}

const label = (item: TreeItem): string => String((item.label as TreeItemLabel | undefined)?.label ?? item.label);

async function find(tree: EntityTree, key: string, parent?: TreeNode): Promise<TreeNode | undefined> {
  for (const node of await tree.getChildren(parent)) {
    tree.getTreeItem(node);
    const found = node.key === key ? node : await find(tree, key, node);
    if (found) return found;
  }
  return undefined;
}

async function itemOf(tree: EntityTree, key: string): Promise<TreeItem> {
  const node = await find(tree, key);
  assert.ok(node, `${key} is not in the tree`);
  return tree.getTreeItem(node);
}

async function plant({ app: { tracker } }: HostBench) {
  const project = (await tracker.create('project', { name: 'Website' })).entity?.id ?? '';
  const endDate = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  const draft = { name: 'Sprint 1', projectId: project, status: 'active', endDate };
  const sprint = (await tracker.create('sprint', draft)).entity?.id ?? '';
  const task = await tracker.create('task', {
    title: 'Fix it',
    description: '[evil](command:workbench.action.quit)',
    projectId: project,
    sprintId: sprint,
    status: 'blocked',
    blockedReason: 'No access yet',
    dueAt: '2020-01-31T12:00:00.000Z',
    priority: 'p0',
    owner: 'ana',
    estimatePoints: 3,
  });
  const done = await tracker.create('task', { title: 'Finished', projectId: project, status: 'done' });
  return { project, sprint, task: task.entity?.id ?? '', done: done.entity?.id ?? '' };
}
