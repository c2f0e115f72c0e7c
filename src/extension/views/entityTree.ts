import { EventEmitter, type TreeDataProvider, TreeItem, TreeItemCheckboxState } from 'vscode';
import type { EntityKind } from '../../core/ids.ts';
import type { VisibleChange } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import { presentGroup, presentMore } from './groupPresentation.ts';
import { type Presentation, presentEntity } from './presentation.ts';
import { entityTooltip } from './tooltip.ts';
import { TreeMemory } from './treeMemory.ts';
import type { TreeModel, TreeReader } from './treeModel.ts';
import { entityNode, type TreeNode } from './treeNode.ts';

export interface EntityTreeOptions {
  readonly model: (tracker: TreeReader) => TreeModel;
  /** Whether the status of a task stands in a heading above it. */
  readonly statusIsAbove: boolean;
  /** Whether entities have children in this tree. */
  readonly nested: boolean;
}

type Session = { readonly tracker: TreeReader; readonly model: TreeModel; readonly memory: TreeMemory };

/**
 * A tree of the tracker as the editor asks for it. It redraws only what looks different, nothing while hidden, and
 * begins anew when the tracker is another one; what the old one still answers is dropped.
 */
export class EntityTree implements TreeDataProvider<TreeNode> {
  readonly #host: AppHost;
  readonly #options: EntityTreeOptions;
  readonly #changed = new EventEmitter<TreeNode | undefined | (TreeNode | undefined)[]>();
  readonly #pending = new Set<string>();
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isVisible = true;
  #isStale = false;

  constructor(host: AppHost, options: EntityTreeOptions) {
    this.#host = host;
    this.#options = options;
  }

  readonly onDidChangeTreeData = this.#changed.event as TreeDataProvider<TreeNode>['onDidChangeTreeData'];

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const session = await this.#open();
    return session?.memory.list(node && (session.memory.known(node.key) ?? node)) ?? [];
  }

  getTreeItem(node: TreeNode): TreeItem {
    const presentation = this.#present(node);
    this.#session?.memory.noteLook(node);
    const item = new TreeItem(presentation?.label ?? '', presentation?.collapsible);
    item.id = node.key;
    if (!presentation) return item;
    item.description = presentation.description;
    item.contextValue = presentation.contextValue;
    item.accessibilityInformation = { label: presentation.spoken };
    if (presentation.icon) item.iconPath = presentation.icon;
    if (presentation.checked !== undefined) item.checkboxState = checkbox(presentation);
    const command = commandOf(node, presentation.label);
    if (command) item.command = command;
    return item;
  }

  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    const entity = node.type === 'entity' ? this.#session?.tracker.get(node.kind, node.id) : undefined;
    if (entity && node.type === 'entity') item.tooltip = entityTooltip(node.kind, entity);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#session?.memory.parentOf(node);
  }

  /** The node of an entity that this tree can show, drawn with what has changed until now. */
  nodeOf(kind: EntityKind, id: string): TreeNode | undefined {
    clearTimeout(this.#timer);
    this.#flush();
    if (!this.#session?.model.shows(kind) || !this.#session.tracker.get(kind, id)) return undefined;
    return this.#session.memory.known(id) ?? entityNode(kind, id);
  }

  /** Another tracker: everything begins anew. */
  reset(): void {
    this.#session = undefined;
    this.#changed.fire(undefined);
  }

  showMore(parentKey: string | undefined): void {
    const node = this.#session?.memory.showMore(parentKey);
    this.#changed.fire(node);
  }

  /** Draws one entity as it is, even where nothing changed: a checkbox that was ticked in vain. */
  redraw(id: string): void {
    const node = this.#session?.memory.known(id);
    if (node) this.#changed.fire(node);
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible && this.#isStale) this.#redrawAll();
  }

  /** Takes note of a change; several within a frame are drawn at once. */
  noteChange(change: VisibleChange): void {
    if (!this.#isVisible || change === null) {
      this.#isStale = true;
    } else {
      for (const id of change) this.#pending.add(id);
    }
    this.#timer ??= setTimeout(() => this.#flush(), frameMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #flush(): void {
    this.#timer = undefined;
    if (!this.#isVisible) return;
    if (this.#isStale) {
      this.#redrawAll();
      return;
    }
    const nodes = this.#session?.memory.changed(this.#pending) ?? [];
    this.#pending.clear();
    // All at once: the editor refuses a node under its new parent while it is still under the old one.
    if (nodes.length > 0) this.#changed.fire(nodes.includes(undefined) ? undefined : nodes);
  }

  #redrawAll(): void {
    this.#isStale = false;
    this.#pending.clear();
    this.#changed.fire(undefined);
  }

  /** The present tracker, once it is there; undefined if it could not be opened. */
  async #open(): Promise<Session | undefined> {
    const app = this.#host.app ?? (await this.#host.ready().catch(() => undefined));
    if (!app) return undefined;
    if (this.#session?.tracker !== app.tracker) this.#session = this.#newSession(app.tracker);
    return this.#session;
  }

  #newSession(tracker: TreeReader): Session {
    const model = this.#options.model(tracker);
    return { tracker, model, memory: new TreeMemory(model, tracker, (node) => JSON.stringify(this.#present(node))) };
  }

  #present(node: TreeNode): Presentation | undefined {
    if (!this.#session) return undefined;
    if (node.type === 'more') return presentMore(node);
    if (node.type === 'group') return presentGroup(node, this.#session.model.childrenOf(node, 1).total);
    const { statusIsAbove, nested } = this.#options;
    return presentEntity(this.#session.tracker, node, { statusIsAbove, nested, now: new Date() });
  }
}

const frameMs = 16;

function checkbox(presentation: Presentation): TreeItem['checkboxState'] {
  const state = presentation.checked ? TreeItemCheckboxState.Checked : TreeItemCheckboxState.Unchecked;
  return { state, accessibilityInformation: { label: presentation.spoken, role: 'checkbox' } };
}

function commandOf(node: TreeNode, label: string): TreeItem['command'] {
  if (node.type === 'entity') return { command: 'dtm.showDetails', title: label, arguments: [node] };
  return node.type === 'more' ? { command: 'dtm.showMore', title: label, arguments: [node] } : undefined;
}
