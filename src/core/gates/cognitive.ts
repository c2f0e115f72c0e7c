import type { Entity } from '../entity.ts';
import { isFinished } from '../lifecycle.ts';
import { roundPoints } from '../tally.ts';
import type { Task } from '../task.ts';
import { type GateFacts, isInProgress, pointsOf } from './gateFacts.ts';
import type { NetChange, Simulation } from './simulation.ts';
import { significantWords } from './titleMatch.ts';

const taskOf = (entity: Entity | null): Task | null => (entity && 'title' in entity ? entity : null);

interface TaskChange {
  readonly before: Task | null;
  readonly after: Task;
}

/** Tasks that are there afterwards. */
function taskChanges({ changes }: Simulation): TaskChange[] {
  return changes.flatMap(({ before, after }) => {
    const task = taskOf(after);
    return task ? [{ before: taskOf(before), after: task }] : [];
  });
}

/** Whether a task becomes done while criteria of it are open. */
export function openCriteria(simulation: Simulation): string | undefined {
  for (const { before, after } of taskChanges(simulation)) {
    const open = after.acceptanceCriteria.filter(({ done }) => !done).length;
    if (after.status === 'done' && before?.status !== 'done' && open > 0)
      return `${after.id} is to be done, but ${open} of ${after.acceptanceCriteria.length} acceptance criteria are open.`;
  }
  return undefined;
}

const started: ReadonlySet<string> = new Set(['active', 'in_progress', 'review', 'done']);

/** Whether a task is started before what it depends on is finished. */
export function unfinishedDependency(simulation: Simulation): string | undefined {
  for (const { before, after } of taskChanges(simulation)) {
    if (!started.has(after.status) || started.has(before?.status ?? '')) continue;
    const other = after.dependsOn.map((id) => taskOf(simulation.find(id))).find((task) => task && !isOver(task));
    if (other) return `${after.id} depends on ${other.id}, which is ${other.status}.`;
  }
  return undefined;
}

const isOver = (task: Task): boolean => isFinished('task', task.status);

/** Whether somebody gets more into progress than the limit. */
export function overWipLimit(simulation: Simulation, facts: GateFacts, limit: number): string | undefined {
  if (limit <= 0) return undefined;
  for (const { before, after } of taskChanges(simulation)) {
    if (!isInProgress(after) || (before && isInProgress(before) && before.owner === after.owner)) continue;
    const ofOwner = (task: Task | null) => (task && isInProgress(task) && task.owner === after.owner ? 1 : 0);
    const count = facts.inProgress(after.owner) + difference(simulation.changes, ofOwner);
    if (count > limit) return `${after.owner} would have ${count} tasks in progress; the limit is ${limit}.`;
  }
  return undefined;
}

/** Whether a p0 is left without an owner. */
export function ownerlessP0(simulation: Simulation): string | undefined {
  const isOwnerless = (task: Task | null) => task?.priority === 'p0' && task.owner === null && !isOver(task);
  const found = taskChanges(simulation).find(({ before, after }) => isOwnerless(after) && !isOwnerless(before));
  return found && `${found.after.id} is p0 and has no owner.`;
}

/** Whether a sprint gets more points than it aims at. */
export function overCapacity(simulation: Simulation, facts: GateFacts): string | undefined {
  for (const { before, after } of taskChanges(simulation)) {
    const sprint = after.sprintId === null ? null : simulation.find(after.sprintId);
    const capacity = sprint && 'velocityTargetPoints' in sprint ? sprint.velocityTargetPoints : null;
    if (!sprint || capacity === null || shareOf(after, sprint.id) <= shareOf(before, sprint.id)) continue;
    const change = difference(simulation.changes, (task) => shareOf(task, sprint.id));
    const points = roundPoints(facts.sprintPoints(sprint.id) + change);
    if (points > capacity) return `${sprint.id} would hold ${points} points; its capacity is ${capacity}.`;
  }
  return undefined;
}

function shareOf(task: Task | null, sprintId: string): number {
  return task?.sprintId === sprintId ? pointsOf(task) : 0;
}

/** By how much the changes move a sum over all tasks. */
function difference(changes: readonly NetChange[], share: (task: Task | null) => number): number {
  return changes.reduce((sum, { before, after }) => sum + share(taskOf(after)) - share(taskOf(before)), 0);
}

/** Whether another task of the project says nearly the same in its title. */
export function duplicateTitle(simulation: Simulation, facts: GateFacts): string | undefined {
  const changed = new Set(simulation.changes.map(({ before, after }) => (after ?? before)?.id ?? ''));
  const fresh: Task[] = [];
  for (const { before, after } of taskChanges(simulation)) {
    if (before?.title === after.title && before.projectId === after.projectId) continue;
    const known = facts.similar(after.projectId, after.title, (id) => changed.has(id));
    const other = known ?? fresh.find((task) => isSame(task, after));
    if (other) return `${after.id} says nearly the same as ${other.id} (“${other.title}”).`;
    fresh.push(after);
  }
  return undefined;
}

/** Within one group only titles with the same words are compared. */
function isSame(a: Task, b: Task): boolean {
  const key = (task: Task) => `${task.projectId} ${significantWords(task.title).sort().join(' ')}`;
  return key(a) === key(b);
}
