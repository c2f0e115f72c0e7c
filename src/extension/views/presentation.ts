import { l10n, type ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import type { Entity } from '../../core/entity.ts';
import { labelOf } from '../../core/entity.ts';
import { isOverdue } from '../../core/evaluate.ts';
import { isFinished } from '../../core/lifecycle.ts';
import type { Project } from '../../core/project.ts';
import type { Sprint } from '../../core/sprint.ts';
import type { Task } from '../../core/task.ts';
import { firstLine } from './escapeMarkdown.ts';
import { phaseOf } from './ordering.ts';
import { daysUntil, localDay, type Progress, progressOf } from './progress.ts';
import { overdueIcon, statusIcon } from './statusIcons.ts';
import { subtasksOf } from './taskParents.ts';
import type { TreeReader } from './treeModel.ts';
import type { EntityNode } from './treeNode.ts';
import { kindText, statusText } from './words.ts';

/** Everything that is seen of a node but its tooltip. */
export interface Presentation {
  readonly label: string;
  readonly description: string;
  readonly icon: ThemeIcon | undefined;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly contextValue: string;
  readonly collapsible: TreeItemCollapsibleState;
  /** Whether the checkbox is ticked; undefined: there is none. */
  readonly checked?: boolean;
}

const longestLabel = 300;

export interface PresentationOptions {
  /** Whether the status stands in a heading above already. */
  readonly statusIsAbove: boolean;
  readonly nested: boolean;
  readonly now: Date;
}

/** How an entity looks, or undefined if it is gone. */
export function presentEntity(
  tracker: TreeReader,
  node: EntityNode,
  options: PresentationOptions,
): Presentation | undefined {
  const entity: Entity | undefined = tracker.get(node.kind, node.id);
  if (!entity) return undefined;
  const parts = partsOf(tracker, node, entity, options).filter((part) => part !== '');
  const label = firstLine(labelOf(entity), longestLabel);
  return {
    label,
    description: parts.join(' · '),
    icon: isOverdueTask(entity, options.now) ? overdueIcon() : statusIcon(node.kind, entity.status),
    spoken: [
      `${kindText(node.kind)} ${label}`,
      ...(options.statusIsAbove ? [statusText(entity.status)] : []),
      ...parts,
    ].join(', '),
    contextValue: `${node.kind}.${entity.status}`,
    collapsible: collapsibleOf(tracker, entity, options),
    ...checkboxOf(entity),
  };
}

/** A blocked task keeps its own icon: it cannot be hurried. */
function isOverdueTask(entity: Entity, now: Date): boolean {
  return 'title' in entity && entity.status !== 'blocked' && isOverdue('task', entity, now.toISOString());
}

function checkboxOf(entity: Entity): { checked?: boolean } {
  return 'title' in entity && entity.status !== 'dropped' ? { checked: entity.status === 'done' } : {};
}

function collapsibleOf(tracker: TreeReader, entity: Entity, options: PresentationOptions): TreeItemCollapsibleState {
  if (!options.nested) return TreeItemCollapsibleState.None;
  if ('title' in entity) {
    for (const _ of subtasksOf(tracker, entity)) return TreeItemCollapsibleState.Collapsed;
    return TreeItemCollapsibleState.None;
  }
  const kind = 'projectId' in entity ? 'sprint' : 'project';
  return isFinished(kind, entity.status) ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.Expanded;
}

function partsOf(tracker: TreeReader, node: EntityNode, entity: Entity, options: PresentationOptions): string[] {
  if ('title' in entity) return taskParts(tracker, entity, options);
  const progress = progressOf(tracker.tasksOf(node.id), options.now.toISOString());
  return 'projectId' in entity
    ? sprintParts(entity, progress, options.now)
    : projectParts(entity, progress, options.now.toISOString());
}

function taskParts(tracker: TreeReader, task: Task, { statusIsAbove, now }: PresentationOptions): string[] {
  const subtasks = progressOf(subtasksOf(tracker, task), now.toISOString());
  const isOpen = !isFinished('task', task.status);
  // What needs attention comes first: a narrow side bar cuts the end off.
  return [
    isOverdue('task', task, now.toISOString()) ? l10n.t('overdue') : '',
    statusIsAbove ? placeText(tracker, task) : statusText(task.status),
    task.status === 'blocked' && task.blockedReason ? firstLine(task.blockedReason, 60) : '',
    dueText(task, now),
    isOpen && task.priority !== 'p2' ? task.priority : '',
    task.owner ? `@${task.owner}` : '',
    task.estimatePoints === null ? '' : pointsText(task.estimatePoints),
    doneText(subtasks),
  ];
}

/** Where a task of a flat list belongs. */
function placeText(tracker: TreeReader, task: Task): string {
  const sprint = task.sprintId === null ? undefined : tracker.get('sprint', task.sprintId);
  return firstLine(sprint?.name ?? tracker.get('project', task.projectId)?.name ?? '', 40);
}

function dueText(task: Task, now: Date): string {
  if (task.dueAt === null || isFinished('task', task.status)) return '';
  const day = localDay(new Date(task.dueAt));
  return day === localDay(now) ? l10n.t('due today') : l10n.t('due {0}', day);
}

function sprintParts(sprint: Sprint, progress: Progress, now: Date): string[] {
  const points = progress.points > 0 ? l10n.t('{0}/{1} points', progress.donePoints, progress.points) : '';
  return [statusText(sprint.status), sprintTimeText(sprint, now), ...attention(progress), doneText(progress), points];
}

function sprintTimeText(sprint: Sprint, now: Date): string {
  const today = localDay(now);
  const phase = phaseOf(sprint);
  if (phase === 'planned') return sprint.startDate ? startText(daysUntil(sprint.startDate, today)) : '';
  if (phase === 'closed' || sprint.endDate === null) return '';
  const days = daysUntil(sprint.endDate, today);
  if (days < 0) return l10n.t('overdue since {0}', sprint.endDate);
  if (days === 0) return l10n.t('ends today');
  return days === 1 ? l10n.t('1 day left') : l10n.t('{0} days left', days);
}

function startText(days: number): string {
  if (days === 0) return l10n.t('starts today');
  if (days < 0) return days === -1 ? l10n.t('start was due yesterday') : l10n.t('start was due {0} days ago', -days);
  return days === 1 ? l10n.t('starts tomorrow') : l10n.t('starts in {0} days', days);
}

function projectParts(project: Project, progress: Progress, now: string): string[] {
  const late = isOverdue('project', project, now) ? l10n.t('overdue since {0}', project.targetEndDate ?? '') : '';
  return [statusText(project.status), late, ...attention(progress), doneText(progress)];
}

function attention(progress: Progress): string[] {
  return [
    progress.overdue > 0 ? l10n.t('{0} overdue', progress.overdue) : '',
    progress.blocked > 0 ? l10n.t('{0} blocked', progress.blocked) : '',
  ];
}

function doneText(progress: Progress): string {
  return progress.total > 0 ? l10n.t('{0}/{1} done', progress.done, progress.total) : '';
}

function pointsText(points: number): string {
  return points === 1 ? l10n.t('1 point') : l10n.t('{0} points', points);
}
