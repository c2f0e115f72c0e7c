import { l10n, type TreeCheckboxChangeEvent, TreeItemCheckboxState, type TreeView, window } from 'vscode';
import type { EntityKind } from '../../core/ids.ts';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import type { Guard } from '../commands/guard.ts';
import { throughGates } from '../commands/throughGates.ts';
import { DisposableList } from '../disposableList.ts';
import type { Person } from '../prompts/person.ts';
import { EntityTree, type EntityTreeOptions } from './entityTree.ts';
import { ProjectsModel } from './projectsModel.ts';
import { SprintsModel } from './sprintsModel.ts';
import { TasksModel } from './tasksModel.ts';
import type { TreeNode } from './treeNode.ts';

/** The views of the container, by the ids of package.json. */
export const treeViews = {
  'dtm.projects': { model: (tracker) => new ProjectsModel(tracker), statusIsAbove: false, nested: true },
  'dtm.sprints': { model: (tracker) => new SprintsModel(tracker), statusIsAbove: false, nested: true },
  'dtm.tasks': { model: (tracker) => new TasksModel(tracker), statusIsAbove: true, nested: false },
} as const satisfies Record<string, EntityTreeOptions>;

export type TreeViewId = keyof typeof treeViews;

interface ShownTree {
  readonly tree: EntityTree;
  readonly view: TreeView<TreeNode>;
}

/** The trees of the view container: they follow the tracker, and tick tasks off. */
export class Trees implements Disposable {
  readonly #host: AppHost;
  readonly #guard: Guard;
  readonly #person: Person;
  readonly #owned = new DisposableList();
  readonly #shown: readonly ShownTree[];

  constructor(host: AppHost, guard: Guard, person: Person) {
    this.#host = host;
    this.#guard = guard;
    this.#person = person;
    this.#shown = (Object.keys(treeViews) as TreeViewId[]).map((id) => this.#show(id));
    this.#owned.add(host.onDidChangeEntities((change) => this.#each(({ tree }) => tree.noteChange(change))));
    this.#owned.add(host.onDidChangeState(() => this.#onState()));
    this.#onState();
  }

  /** Selects an entity in those trees that are on screen, without taking the focus. */
  async reveal(kind: EntityKind, id: string): Promise<void> {
    for (const { tree, view } of this.#shown) {
      const node = view.visible ? tree.nodeOf(kind, id) : undefined;
      // A tree that does not show it, because it is in no sprint or on a later page, stays as it is.
      if (node) await Promise.resolve(view.reveal(node, { select: true, focus: false })).catch(() => undefined);
    }
  }

  /** Shows the next page of siblings, in whichever tree this node stands. */
  showMore(node: unknown): void {
    if (!isMoreNode(node)) return;
    for (const { tree, view } of this.#shown) if (view.visible) tree.showMore(node.parentKey);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #show(id: TreeViewId): ShownTree {
    const tree = this.#owned.add(new EntityTree(this.#host, treeViews[id]));
    const view = this.#owned.add(
      window.createTreeView(id, { treeDataProvider: tree, showCollapseAll: true, manageCheckboxStateManually: true }),
    );
    tree.setVisible(view.visible);
    this.#owned.add(view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible)));
    this.#owned.add(view.onDidChangeCheckboxState((event) => this.#onCheckbox(tree, event)));
    return { tree, view };
  }

  #each(use: (shown: ShownTree) => void): void {
    for (const shown of this.#shown) use(shown);
  }

  #onState(): void {
    const isPersonal = this.#host.app !== undefined && this.#host.app.folder === undefined;
    this.#each(({ tree, view }) => {
      tree.reset();
      // Not as a message: that would take the place of the welcome text.
      view.description = isPersonal ? l10n.t('personal workspace') : '';
    });
  }

  async #onCheckbox(tree: EntityTree, event: TreeCheckboxChangeEvent<TreeNode>): Promise<void> {
    for (const [node, state] of event.items) {
      if (node.type !== 'entity' || node.kind !== 'task') continue;
      await this.#guard('dtm.checkbox', () => this.#tick(node.id, state === TreeItemCheckboxState.Checked));
      tree.redraw(node.id);
    }
  }

  async #tick(id: string, done: boolean): Promise<void> {
    const { tracker } = await this.#host.ready();
    await throughGates({
      person: this.#person,
      guard: this.#guard,
      write: (how) => (done ? tracker.complete(id, how) : tracker.reopen(id, how)),
    });
  }
}

function isMoreNode(node: unknown): node is Extract<TreeNode, { type: 'more' }> {
  return typeof node === 'object' && node !== null && 'type' in node && node.type === 'more';
}
