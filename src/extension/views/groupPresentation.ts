import { l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import type { Presentation } from './presentation.ts';
import { statusIcon } from './statusIcons.ts';
import { pageSize } from './treeMemory.ts';
import type { Group, GroupNode, MoreNode, SprintPhase } from './treeNode.ts';
import { statusTitle } from './words.ts';

const phaseTitles: Readonly<Record<SprintPhase, () => string>> = {
  active: () => l10n.t('Active'),
  planned: () => l10n.t('Planned'),
  closed: () => l10n.t('Closed'),
};

/** How a heading looks. @param count what it gathers */
export function presentGroup(node: GroupNode, count: number): Presentation {
  const label = titleOf(node.group);
  return {
    label,
    description: String(count),
    icon: iconOf(node.group),
    spoken: count === 1 ? l10n.t('{0}, 1 item', label) : l10n.t('{0}, {1} items', label, count),
    contextValue: `group.${node.group.kind}`,
    collapsible: isFolded(node.group) ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.Expanded,
  };
}

/** How the node looks that stands for the siblings which are not shown. */
export function presentMore(node: MoreNode): Presentation {
  const label = l10n.t('Show {0} more', Math.min(pageSize, node.hidden));
  return {
    label,
    description: l10n.t('{0} not shown', node.hidden),
    icon: new ThemeIcon('ellipsis'),
    spoken: label,
    contextValue: 'more',
    collapsible: TreeItemCollapsibleState.None,
  };
}

function titleOf(group: Group): string {
  if (group.kind === 'backlog') return l10n.t('Backlog');
  return group.kind === 'sprintPhase' ? phaseTitles[group.phase]() : statusTitle(group.status);
}

function iconOf(group: Group): ThemeIcon | undefined {
  if (group.kind === 'backlog') return new ThemeIcon('inbox');
  return group.kind === 'taskStatus' ? statusIcon('task', group.status) : undefined;
}

function isFolded(group: Group): boolean {
  if (group.kind === 'sprintPhase') return group.phase === 'closed';
  return group.kind === 'taskStatus' && (group.status === 'done' || group.status === 'dropped');
}
