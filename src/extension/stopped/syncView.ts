import { l10n, ThemeIcon, type TreeDataProvider, TreeItem, window } from 'vscode';
import { Emitter } from '../../core/emitter.ts';
import type { Disposable } from '../../core/ports.ts';
import type { StoppedChange } from '../../core/stoppedChange.ts';
import type { AppHost } from '../appHost.ts';
import { DisposableList } from '../disposableList.ts';
import { stoppedName, stoppedSummary } from './stoppedText.ts';

/** The id of package.json; the view is there only while there is something to decide. */
export const syncViewId = 'dtm.sync';

/** Shows the view; whether there is one, the context key `dtm.hasStopped` says. */
export function showSyncView(host: AppHost): Disposable {
  const owned = new DisposableList();
  const treeDataProvider = owned.add(new SyncTree(host));
  owned.add(window.createTreeView(syncViewId, { treeDataProvider }));
  return owned;
}

/** Lists what the server did not take; Enter decides about it. */
export class SyncTree implements TreeDataProvider<StoppedChange>, Disposable {
  readonly #host: AppHost;
  readonly #changed = new Emitter<undefined>();
  readonly #owned = new DisposableList();
  #shown = '';

  constructor(host: AppHost) {
    this.#host = host;
    this.#owned.add(this.#changed);
    this.#owned.add(host.onDidChangeStatus(() => this.#refresh()));
    this.#owned.add(host.onDidChangeEntities(() => this.#refresh()));
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(node?: StoppedChange): StoppedChange[] {
    return node ? [] : this.#list();
  }

  getTreeItem(change: StoppedChange): TreeItem {
    const isConflict = change.state === 'conflict';
    const item = new TreeItem(stoppedName(change));
    item.id = change.opId;
    item.description = stoppedSummary(change);
    item.tooltip = [change.id, stoppedSummary(change), change.problem?.message ?? ''].filter(Boolean).join('\n');
    item.iconPath = new ThemeIcon(isConflict ? 'git-merge' : 'error');
    item.contextValue = `stopped.${change.state}`;
    item.command = { command: 'dtm.resolveConflicts', title: l10n.t('Decide'), arguments: [{ opId: change.opId }] };
    const state = isConflict ? l10n.t('conflict') : l10n.t('refused');
    item.accessibilityInformation = { label: `${stoppedName(change)}, ${state}, ${stoppedSummary(change)}` };
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #list(): StoppedChange[] {
    return [...(this.#host.app?.stopped.list() ?? [])];
  }

  /** Most of what happens to a tracker stops nothing. */
  #refresh(): void {
    const status = this.#host.app?.status;
    const isEmpty = !status || status.conflicts + status.rejected === 0;
    const shown = isEmpty
      ? ''
      : this.#list()
          .map(({ opId, current }) => `${opId} ${current?.version}`)
          .join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changed.fire(undefined);
  }
}
