import { l10n } from 'vscode';
import type { EntityKind } from '../../core/ids.ts';
import type { ProjectStatus } from '../../core/project.ts';
import type { SprintStatus } from '../../core/sprint.ts';
import type { TaskStatus } from '../../core/task.ts';

type AnyStatus = TaskStatus | SprintStatus | ProjectStatus;

const statusTexts: Readonly<Record<AnyStatus, () => string>> = {
  new: () => l10n.t('new'),
  ready: () => l10n.t('ready'),
  active: () => l10n.t('active'),
  in_progress: () => l10n.t('in progress'),
  blocked: () => l10n.t('blocked'),
  review: () => l10n.t('in review'),
  done: () => l10n.t('done'),
  dropped: () => l10n.t('dropped'),
  pending: () => l10n.t('pending'),
  assigned: () => l10n.t('assigned'),
  paused: () => l10n.t('paused'),
  completed: () => l10n.t('completed'),
  closed: () => l10n.t('closed'),
  cancelled: () => l10n.t('cancelled'),
};

/** A status as people read it. */
export function statusText(status: string): string {
  return Object.hasOwn(statusTexts, status) ? statusTexts[status as AnyStatus]() : status;
}

/** With a capital first letter, as a heading or choice. */
export function statusTitle(status: string): string {
  const text = statusText(status);
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

const kindTexts: Readonly<Record<EntityKind, () => string>> = {
  project: () => l10n.t('project'),
  sprint: () => l10n.t('sprint'),
  task: () => l10n.t('task'),
};

export function kindText(kind: EntityKind): string {
  return kindTexts[kind]();
}

const countTexts: Readonly<Record<EntityKind, (count: number) => string>> = {
  project: (count) => (count === 1 ? l10n.t('1 project') : l10n.t('{0} projects', count)),
  sprint: (count) => (count === 1 ? l10n.t('1 sprint') : l10n.t('{0} sprints', count)),
  task: (count) => (count === 1 ? l10n.t('1 task') : l10n.t('{0} tasks', count)),
};

/** So many entities of a kind. */
export function countText(kind: EntityKind, count: number): string {
  return countTexts[kind](count);
}

const fieldTexts: Readonly<Record<string, () => string>> = {
  title: () => l10n.t('Title'),
  name: () => l10n.t('Name'),
  description: () => l10n.t('Description'),
  mission: () => l10n.t('Mission'),
  goal: () => l10n.t('Goal'),
  status: () => l10n.t('Status'),
  priority: () => l10n.t('Priority'),
  severity: () => l10n.t('Severity'),
  workType: () => l10n.t('Work type'),
  owner: () => l10n.t('Owner'),
  assignees: () => l10n.t('Assignees'),
  labels: () => l10n.t('Labels'),
  repositories: () => l10n.t('Repositories'),
  estimatePoints: () => l10n.t('Estimate (points)'),
  actualHours: () => l10n.t('Actual hours'),
  dueAt: () => l10n.t('Due'),
  sprintId: () => l10n.t('Sprint'),
  projectId: () => l10n.t('Project'),
  parentId: () => l10n.t('Parent task'),
  dependsOn: () => l10n.t('Depends on'),
  startDate: () => l10n.t('Start date'),
  endDate: () => l10n.t('End date'),
  targetEndDate: () => l10n.t('Target end date'),
  cadence: () => l10n.t('Cadence'),
  velocityTargetPoints: () => l10n.t('Velocity target (points)'),
  committedPoints: () => l10n.t('Committed points'),
  blockedReason: () => l10n.t('Blocked because'),
  pendingReason: () => l10n.t('Pending because'),
  startedAt: () => l10n.t('Started'),
  completedAt: () => l10n.t('Completed'),
  createdAt: () => l10n.t('Created'),
  createdBy: () => l10n.t('Created by'),
  updatedAt: () => l10n.t('Changed'),
  updatedBy: () => l10n.t('Changed by'),
};

/** A field's name as people read it. */
export function fieldText(field: string): string {
  return Object.hasOwn(fieldTexts, field) ? (fieldTexts[field]?.() ?? field) : field;
}
