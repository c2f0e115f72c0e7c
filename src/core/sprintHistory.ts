import { isDelivered, isFinished } from './lifecycle.ts';
import type { Task } from './task.ts';

/** How a task stands to a sprint: outside of it, or in it and open, done or dropped. */
export type MemberState = 'out' | 'open' | 'done' | 'dropped';

export interface Member {
  readonly state: MemberState;
  /** The estimate; 0 for none. */
  readonly points: number;
}

/** One change of one task as a sprint sees it. */
export interface SprintEvent {
  readonly sprintId: string;
  readonly taskId: string;
  readonly before: Member;
  readonly after: Member;
}

/** What a change of a task means to the sprint it was in and the one it is in; nothing if neither is concerned. */
export function sprintEvents(previous: Task | null, next: Task | null): SprintEvent[] {
  const taskId = (next ?? previous)?.id ?? '';
  const sprints = new Set([previous?.sprintId, next?.sprintId].filter((id) => typeof id === 'string'));
  return [...sprints]
    .map((sprintId) => {
      return { sprintId, taskId, before: memberOf(previous, sprintId), after: memberOf(next, sprintId) };
    })
    .filter(({ before, after }) => before.state !== after.state || before.points !== after.points);
}

function memberOf(task: Task | null, sprintId: string): Member {
  if (!task || task.sprintId !== sprintId) return { state: 'out', points: 0 };
  return { state: stateOf(task.status), points: task.estimatePoints ?? 0 };
}

function stateOf(status: string): MemberState {
  if (isDelivered('task', status)) return 'done';
  return isFinished('task', status) ? 'dropped' : 'open';
}
