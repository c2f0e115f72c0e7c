import type { EntityKind } from './ids.ts';
import type { ProjectStatus } from './project.ts';
import type { SprintStatus } from './sprint.ts';
import type { TaskStatus } from './task.ts';

type Table<S extends string> = Readonly<Record<S, readonly S[]>>;

const task: Table<TaskStatus> = {
  new: ['ready', 'dropped'],
  ready: ['active', 'in_progress', 'blocked', 'dropped'],
  active: ['in_progress', 'blocked', 'dropped'],
  in_progress: ['review', 'blocked', 'done', 'dropped'],
  blocked: ['in_progress', 'ready', 'dropped'],
  review: ['in_progress', 'done', 'dropped'],
  done: [],
  dropped: [],
};

const sprint: Table<SprintStatus> = {
  new: ['pending', 'assigned', 'active', 'cancelled'],
  pending: ['assigned', 'active', 'cancelled'],
  assigned: ['active', 'blocked', 'cancelled'],
  active: ['in_progress', 'blocked', 'completed', 'cancelled'],
  in_progress: ['blocked', 'completed', 'cancelled'],
  blocked: ['active', 'cancelled'],
  completed: ['closed'],
  closed: [],
  cancelled: [],
};

const project: Table<ProjectStatus> = {
  ...sprint,
  active: [...sprint.active, 'paused'] as ProjectStatus[],
  in_progress: [...sprint.in_progress, 'paused'] as ProjectStatus[],
  paused: ['active', 'in_progress'],
};

const tables: Readonly<Record<EntityKind, Readonly<Record<string, readonly string[]>>>> = { task, sprint, project };

/** Statuses after which nothing more is to be done. */
const finished: Readonly<Record<EntityKind, ReadonlySet<string>>> = {
  task: new Set(['done', 'dropped']),
  sprint: new Set(['completed', 'closed', 'cancelled']),
  project: new Set(['completed', 'closed', 'cancelled']),
};

/** The status in which the work counts as delivered: it sets `completed_at`. */
const delivered = { task: 'done', sprint: 'completed', project: 'completed' } as const;

/** The field that a status cannot be without (DTM API v1, "Required by status"). */
export function requiredField(kind: EntityKind, status: string): string | undefined {
  if (status === 'blocked') return 'blockedReason';
  if (status === 'pending' && kind !== 'task') return 'pendingReason';
  if (kind === 'project' && ['assigned', 'active', 'in_progress'].includes(status)) return 'owner';
  return undefined;
}

export function statusesOf(kind: EntityKind): readonly string[] {
  return Object.keys(tables[kind]);
}

/** The statuses that may follow `from`, without reopening. */
export function nextStatuses(kind: EntityKind, from: string): readonly string[] {
  return tables[kind][from] ?? [];
}

export function isFinished(kind: EntityKind, status: string): boolean {
  return finished[kind].has(status);
}

export function isDelivered(kind: EntityKind, status: string): boolean {
  return delivered[kind] === status;
}

/** Whether this step takes a finished task up again: the only way out of a terminal status. */
export function isReopening(kind: EntityKind, from: string, to: string): boolean {
  return kind === 'task' && (from === 'done' || from === 'dropped') && to === 'ready';
}

/** Whether one operation may change the status from `from` to `to`. */
export function canStep(kind: EntityKind, from: string, to: string): boolean {
  return from === to || nextStatuses(kind, from).includes(to) || isReopening(kind, from, to);
}

/**
 * The shortest allowed way from one status to another, without the start; steps that need a reason
 * (`blocked`, `pending`) are never taken on the way.
 * @returns undefined where there is no way
 */
export function statusPath(kind: EntityKind, from: string, to: string): readonly string[] | undefined {
  const queue: string[][] = [[from]];
  const seen = new Set([from]);
  for (let path = queue.shift(); path; path = queue.shift()) {
    const last = path[path.length - 1] ?? from;
    if (last === to) return path.slice(1);
    for (const next of nextStatuses(kind, last)) {
      const passable = next === to || !needsReason(next);
      if (passable && !seen.has(next)) queue.push([...path, next]);
      if (passable) seen.add(next);
    }
  }
  return undefined;
}

function needsReason(status: string): boolean {
  return status === 'blocked' || status === 'pending';
}
