import { dueOf } from '../../core/evaluate.ts';
import { isFinished } from '../../core/lifecycle.ts';
import type { Project } from '../../core/project.ts';
import type { Sprint } from '../../core/sprint.ts';
import type { Task } from '../../core/task.ts';
import { compareCodePoints } from '../../core/text.ts';
import type { SprintPhase } from './treeNode.ts';

type Compare<T> = (a: T, b: T) => number;

/**
 * The first `limit` items in order, without sorting the others: a backlog may hold a hundred thousand.
 * @returns those items, and how many there were in all
 */
export function firstInOrder<T>(items: Iterable<T>, compare: Compare<T>, limit: number): { first: T[]; total: number } {
  let kept: T[] = [];
  let total = 0;
  let last: T | undefined;
  for (const item of items) {
    total += 1;
    if (last !== undefined && compare(item, last) > 0) continue;
    kept.push(item);
    if (kept.length < limit * 2) continue;
    kept = kept.sort(compare).slice(0, limit);
    last = kept[kept.length - 1];
  }
  return { first: kept.sort(compare).slice(0, limit), total };
}

/** Unfinished first, then by priority, board order, due date and title. */
export const compareTasks: Compare<Task> = (a, b) =>
  Number(isFinished('task', a.status)) - Number(isFinished('task', b.status)) ||
  compareCodePoints(a.priority, b.priority) ||
  compareCodePoints(a.rank, b.rank) ||
  compareOptional(dueOf(a), dueOf(b)) ||
  compareCodePoints(a.title, b.title) ||
  compareCodePoints(a.id, b.id);

const phases: readonly SprintPhase[] = ['active', 'planned', 'closed'];

export function phaseOf(sprint: Sprint): SprintPhase {
  if (isFinished('sprint', sprint.status)) return 'closed';
  return ['active', 'in_progress', 'blocked'].includes(sprint.status) ? 'active' : 'planned';
}

/** Active, then planned by start, then closed with the latest first. */
export const compareSprints: Compare<Sprint> = (a, b) => {
  const phase = phaseOf(a);
  const direction = phase === 'closed' ? -1 : 1;
  return (
    phases.indexOf(phase) - phases.indexOf(phaseOf(b)) ||
    direction * compareOptional(a.startDate, b.startDate) ||
    compareCodePoints(a.name, b.name) ||
    compareCodePoints(a.id, b.id)
  );
};

/** Running first, finished last, then by name. */
export const compareProjects: Compare<Project> = (a, b) =>
  stageOf(a) - stageOf(b) || compareCodePoints(a.name, b.name) || compareCodePoints(a.id, b.id);

function stageOf(project: Project): number {
  if (isFinished('project', project.status)) return 2;
  return ['active', 'in_progress', 'blocked'].includes(project.status) ? 0 : 1;
}

/** What has no date comes last. */
function compareOptional(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareCodePoints(a, b);
}
