import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { WaitingChange } from '../../core/waiting.ts';
import { csvItem } from '../csv/csvItem.ts';
import { pageSize } from '../views/treeMemory.ts';
import { stoppedName, stoppedSummary } from './stoppedText.ts';
import type { MoreWaiting, StoppedNode, SyncNode, WaitingHeading, WaitingNode } from './syncNode.ts';
import { type Names, type WaitingVerb, waitingName, waitingSummary, waitingVerb } from './waitingText.ts';

/** How a node of the Sync view looks. */
export function syncItem(tracker: Names, node: SyncNode): TreeItem {
  switch (node.type) {
    case 'stopped':
      return stoppedItem(tracker, node);
    case 'waitingHeading':
      return headingItem(node);
    case 'waiting':
      return waitingItem(tracker, node);
    case 'moreWaiting':
      return moreItem(node);
    default:
      return csvItem(node);
  }
}

function stoppedItem(tracker: Names, { change }: StoppedNode): TreeItem {
  const isConflict = change.state === 'conflict';
  const item = new TreeItem(stoppedName(change));
  item.id = change.opId;
  item.description = stoppedSummary(change);
  item.tooltip = [change.id, stoppedSummary(change), change.problem?.message ?? ''].filter(Boolean).join('\n');
  item.iconPath = new ThemeIcon(isConflict ? 'git-merge' : 'error');
  item.contextValue = `stopped.${change.state}${placeOf(tracker, change)}`;
  item.command = { command: 'dtm.resolveConflicts', title: l10n.t('Decide'), arguments: [{ opId: change.opId }] };
  const state = isConflict ? l10n.t('conflict') : l10n.t('refused');
  item.accessibilityInformation = { label: `${stoppedName(change)}, ${state}, ${stoppedSummary(change)}` };
  return item;
}

function headingItem({ changes }: WaitingHeading): TreeItem {
  const label = l10n.t('Waiting for the server');
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.id = 'waiting';
  item.description = countOf(changes);
  item.iconPath = new ThemeIcon('cloud-upload');
  item.contextValue = 'waitingHeading';
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

/** Changes as the status bar counts them: one entity may have several. */
function countOf(changes: readonly WaitingChange[]): string {
  const count = changes.reduce((sum, { operations }) => sum + operations.length, 0);
  return count === 1 ? l10n.t('1 change') : l10n.t('{0} changes', count);
}

const icons: Readonly<Record<WaitingVerb, string>> = {
  create: 'add',
  restore: 'history',
  delete: 'trash',
  change: 'edit',
};

/** What it changes in full is worked out when somebody looks. */
function waitingItem(tracker: Names, { change, id }: WaitingNode): TreeItem {
  const name = waitingName(tracker, change);
  const item = new TreeItem(name);
  item.id = `waiting:${id}`;
  item.description = waitingSummary(change);
  item.iconPath = new ThemeIcon(change.behind ? 'watch' : icons[waitingVerb(change)]);
  item.contextValue = `waiting${placeOf(tracker, change)}`;
  if (isThere(tracker, change)) item.command = { command: 'dtm.showDetails', title: name, arguments: [id] };
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  return item;
}

function moreItem(node: MoreWaiting): TreeItem {
  const label = l10n.t('Show {0} more', Math.min(pageSize, node.hidden));
  const item = new TreeItem(label);
  item.id = 'waiting:more';
  item.description = l10n.t('{0} not shown', node.hidden);
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: 'dtm.showMore', title: label, arguments: [node] };
  return item;
}

type Subject = Pick<WaitingChange, 'entity' | 'id'>;

function isThere(tracker: Names, { entity, id }: Subject): boolean {
  return tracker.get(entity, id) !== undefined;
}

/** Menus offer to go only to what is there. */
function placeOf(tracker: Names, subject: Subject): string {
  return isThere(tracker, subject) ? '.there' : '';
}
