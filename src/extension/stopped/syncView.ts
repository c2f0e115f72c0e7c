import { l10n, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import { Emitter } from '../../core/emitter.ts';
import type { Disposable } from '../../core/ports.ts';
import type { AppHost } from '../appHost.ts';
import { csvHeading, csvNodes } from '../csv/csvNode.ts';
import { DisposableList } from '../disposableList.ts';
import { pageSize } from '../views/treeMemory.ts';
import type { SyncContents } from './syncContents.ts';
import { syncItem } from './syncItem.ts';
import { type SyncNode, stoppedNode, type WaitingHeading, waitingNode } from './syncNode.ts';
import { waitingDetails } from './waitingText.ts';

/** The id of package.json; the view is there only while it has something to say. */
export const syncViewId = 'dtm.sync';

const settleMs = 100;

/** The Sync view; whether there is one, the context keys `dtm.hasStopped`, `dtm.hasWaiting` and `dtm.hasCsvEdits` say. */
export class SyncView implements Disposable {
  readonly #tree: SyncTree;
  readonly #view: TreeView<SyncNode>;
  readonly #owned = new DisposableList();
  readonly #contents: SyncContents;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: AppHost, contents: SyncContents) {
    this.#contents = contents;
    this.#tree = this.#owned.add(new SyncTree(host, contents));
    this.#view = this.#owned.add(window.createTreeView(syncViewId, { treeDataProvider: this.#tree }));
    this.#owned.add(this.#view.onDidChangeVisibility(() => this.#soon()));
    this.#owned.add(host.onDidChangeStatus(() => this.#soon()));
    this.#owned.add(host.onDidChangeEntities(() => this.#soon()));
  }

  /** Shows another page, if this is a node of this view that stands for one. */
  showMore(node: unknown): void {
    if (typeof node === 'object' && node !== null && 'type' in node && node.type === 'moreWaiting')
      this.#tree.showMore();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }

  /** Several changes within a moment are drawn at once: the queue may hold ten thousands. */
  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, settleMs);
  }

  #draw(): void {
    const { missing, stale } = this.#contents.csv;
    const stopped = this.#contents.stopped().length + missing.length + stale.length;
    const tooltip = stopped === 1 ? l10n.t('1 change to decide about') : l10n.t('{0} changes to decide about', stopped);
    this.#view.badge = stopped === 0 ? undefined : { value: stopped, tooltip };
    if (this.#view.visible) this.#tree.refresh();
  }
}

/** Lists what the server did not take, which Enter decides about, and what waits for it. */
export class SyncTree implements TreeDataProvider<SyncNode>, Disposable {
  readonly #host: AppHost;
  readonly #contents: SyncContents;
  readonly #changed = new Emitter<undefined>();
  #limit = pageSize;
  #shown = '';

  constructor(host: AppHost, contents: SyncContents) {
    this.#host = host;
    this.#contents = contents;
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(node?: SyncNode): SyncNode[] {
    if (!node) return this.#sections();
    if (node.type === 'csvHeading') return csvNodes(node);
    return node.type === 'waitingHeading' ? this.#page(node) : [];
  }

  getTreeItem(node: SyncNode): TreeItem {
    return syncItem(this.#names, node);
  }

  resolveTreeItem(item: TreeItem, node: SyncNode): TreeItem {
    if (node.type === 'waiting') item.tooltip = waitingDetails(this.#names, node.change);
    return item;
  }

  showMore(): void {
    this.#limit += pageSize;
    this.#changed.fire(undefined);
  }

  /** Draws anew if something is different: most of what happens to a tracker is not about this view. */
  refresh(): void {
    const shown = JSON.stringify([
      this.#contents.stopped().map(({ opId, current }) => [opId, current?.version]),
      this.#contents.waiting().map(({ operations, behind }) => [operations.map(({ opId }) => opId), behind?.opId]),
      this.#contents.csv,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #sections(): SyncNode[] {
    const changes = this.#contents.waiting();
    const waiting: SyncNode[] = changes.length === 0 ? [] : [{ type: 'waitingHeading', changes }];
    return [...this.#contents.stopped().map(stoppedNode), ...csvHeading(this.#contents.csv), ...waiting];
  }

  #page({ changes }: WaitingHeading): SyncNode[] {
    const hidden = changes.length - this.#limit;
    const page = changes.slice(0, this.#limit).map(waitingNode);
    return hidden > 0 ? [...page, { type: 'moreWaiting', hidden }] : page;
  }

  get #names() {
    return this.#host.app?.tracker ?? { get: () => undefined };
  }
}
