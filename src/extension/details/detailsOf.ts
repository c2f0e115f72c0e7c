import { l10n } from 'vscode';
import { type Entity, fieldValue, labelOf } from '../../core/entity.ts';
import { isOverdue } from '../../core/evaluate.ts';
import type { EntityKind } from '../../core/ids.ts';
import { isDelivered, isFinished } from '../../core/lifecycle.ts';
import type { Task } from '../../core/task.ts';
import type { Details, DetailsAction } from '../../webview/protocol.ts';
import { compareSprints, compareTasks, firstInOrder } from '../views/ordering.ts';
import { subtasksOf } from '../views/taskParents.ts';
import type { TreeReader } from '../views/treeModel.ts';
import { fieldText, kindText, statusText, statusTitle } from '../views/words.ts';

const shownFields: Readonly<Record<EntityKind, readonly string[]>> = {
  project: ['owner', 'startDate', 'targetEndDate', 'labels', 'repositories'],
  sprint: ['owner', 'startDate', 'endDate', 'cadence', 'committedPoints', 'velocityTargetPoints'],
  task: ['priority', 'owner', 'assignees', 'dueAt', 'estimatePoints', 'actualHours', 'labels', 'workType', 'severity'],
};
const managedShown = ['completedAt', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'] as const;
const moments: ReadonlySet<string> = new Set(['dueAt', 'startedAt', 'completedAt', 'createdAt', 'updatedAt']);
const mostRelated = 200;

/**
 * Everything that the read-only view shows of an entity, or undefined if it is gone.
 * @param localOnly fields that the server has no place for: they are marked
 */
export function detailsOf(
  tracker: TreeReader,
  kind: EntityKind,
  id: string,
  now: Date,
  localOnly: readonly string[] = [],
): Details | undefined {
  const entity: Entity | undefined = tracker.get(kind, id);
  if (!entity) return undefined;
  return {
    id,
    kind: kindText(kind),
    label: labelOf(entity),
    status: { text: statusTitle(entity.status), tone: toneOf(kind, entity) },
    warnings: warningsOf(kind, entity, now),
    text: longText(entity),
    emptyText: l10n.t('Nothing is written here yet.'),
    facts: [...shownFields[kind], ...managedShown].flatMap((field) => factOf(entity, field, localOnly.includes(field))),
    criteria: criteriaOf(entity),
    groups: groupsOf(tracker, kind, entity).filter((group) => group.items.length > 0),
    actions: actionsOf(kind, entity),
  };
}

function toneOf(kind: EntityKind, entity: Entity): Details['status']['tone'] {
  if (entity.status === 'blocked') return 'bad';
  return isDelivered(kind, entity.status) ? 'good' : 'normal';
}

function warningsOf(kind: EntityKind, entity: Entity, now: Date): string[] {
  const reason = (field: string) => {
    const value = fieldValue(entity, field);
    return typeof value === 'string' && value !== '' ? [`${fieldText(field)}: ${value}`] : [];
  };
  return [
    ...(isOverdue(kind, entity, now.toISOString()) ? [l10n.t('This is overdue.')] : []),
    ...(entity.status === 'blocked' ? reason('blockedReason') : []),
    ...(entity.status === 'pending' ? reason('pendingReason') : []),
  ];
}

function longText(entity: Entity): string {
  if ('title' in entity) return entity.description;
  return 'goal' in entity ? entity.goal : entity.mission;
}

function factOf(entity: Entity, field: string, isLocalOnly: boolean): Details['facts'] {
  const value = fieldValue(entity, field);
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  const label = isLocalOnly ? l10n.t('{0} (local only)', fieldText(field)) : fieldText(field);
  return isEmpty ? [] : [{ label, text: factText(field, value) }];
}

function factText(field: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return moments.has(field) ? new Date(String(value)).toLocaleString() : String(value);
}

function criteriaOf(entity: Entity): Details['criteria'] {
  const items = 'title' in entity ? entity.acceptanceCriteria : [];
  return {
    label: l10n.t('Acceptance criteria'),
    items: items.map(({ text, done }) => ({
      text,
      done,
      spoken: done ? l10n.t('{0}, met', text) : l10n.t('{0}, not met', text),
    })),
  };
}

type Groups = Details['groups'];

function groupsOf(tracker: TreeReader, kind: EntityKind, entity: Entity): Groups {
  if ('title' in entity)
    return [...placeOf(tracker, entity), tasksGroup(l10n.t('Subtasks'), subtasksOf(tracker, entity))];
  const tasks = tasksGroup(l10n.t('Tasks'), tracker.tasksOf(entity.id));
  if (kind === 'project') return [sprintsGroup(tracker, entity.id), tasks];
  return [single(tracker, 'projectId', 'project', fieldValue(entity, 'projectId')), tasks];
}

function placeOf(tracker: TreeReader, task: Task): Groups {
  return [
    single(tracker, 'projectId', 'project', task.projectId),
    single(tracker, 'sprintId', 'sprint', task.sprintId),
    single(tracker, 'parentId', 'task', task.parentId),
    tasksGroup(
      fieldText('dependsOn'),
      task.dependsOn.flatMap((id) => tracker.get('task', id) ?? []),
    ),
  ];
}

function single(tracker: TreeReader, field: string, kind: EntityKind, id: unknown): Groups[number] {
  const entity: Entity | undefined = typeof id === 'string' ? tracker.get(kind, id) : undefined;
  return { label: fieldText(field), items: entity ? [relatedItem(entity)] : [] };
}

function sprintsGroup(tracker: TreeReader, projectId: string): Groups[number] {
  const { first } = firstInOrder(tracker.sprintsOf(projectId), compareSprints, mostRelated);
  return { label: l10n.t('Sprints'), items: first.map(relatedItem) };
}

function tasksGroup(label: string, tasks: Iterable<Task>): Groups[number] {
  const { first, total } = firstInOrder(tasks, compareTasks, mostRelated);
  const heading = total > first.length ? l10n.t('{0} (the first {1} of {2})', label, first.length, total) : label;
  return { label: heading, items: first.map(relatedItem) };
}

function relatedItem(entity: Entity): Groups[number]['items'][number] {
  return { id: entity.id, label: labelOf(entity), note: statusText(entity.status) };
}

function actionsOf(kind: EntityKind, entity: Entity): Details['actions'] {
  const isDone = isFinished(kind, entity.status);
  const labels: Readonly<Record<DetailsAction, string>> = {
    edit: l10n.t('Edit…'),
    setStatus: l10n.t('Set Status…'),
    complete: l10n.t('Complete'),
    reopen: l10n.t('Reopen'),
    copyId: l10n.t('Copy ID'),
  };
  const ending: DetailsAction[] = isDone ? (kind === 'task' ? ['reopen'] : []) : ['setStatus', 'complete'];
  return (['edit', ...ending, 'copyId'] as const).map((action) => ({ action, label: labels[action] }));
}
