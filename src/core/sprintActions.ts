import type { EntityByKind } from './entity.ts';
import { DtmError } from './errors.ts';
import { type Author, statusOperations, updateOperation } from './expand.ts';
import { isFinished } from './lifecycle.ts';
import type { Operation } from './operation.ts';

type Sprint = EntityByKind['sprint'];
type Task = EntityByKind['task'];

/**
 * The operations that complete a sprint: its own steps first, so that its history ends with what was open then, and
 * after that the unfinished tasks go where they are carried over.
 * @param tasks all tasks of the sprint
 * @param target the next sprint; null: the backlog; undefined: unfinished tasks stay where they are
 * @throws DtmError `illegal-transition`; `validation` where the target takes no more tasks
 */
export function completeSprintOperations(
  author: Author,
  sprint: Sprint,
  tasks: readonly Task[],
  target: Sprint | null | undefined,
): Operation[] {
  const steps = statusOperations(author, 'sprint', sprint, 'completed');
  if (target === undefined) return steps;
  if (target) checkTarget(sprint, target);
  return [...steps, ...unfinished(tasks).map((task) => assignOperation(author, task, target?.id ?? null))];
}

/** The tasks that a sprint leaves undone. */
export function unfinished(tasks: readonly Task[]): Task[] {
  return tasks.filter((task) => !isFinished('task', task.status));
}

/** The operation that puts a task into a sprint, or takes it out (null). */
export function assignOperation(author: Author, task: Task, sprintId: string | null): Operation {
  return updateOperation(author, 'task', task, { sprintId });
}

function checkTarget(sprint: Sprint, target: Sprint): void {
  const message = targetProblem(sprint, target);
  if (message === undefined) return;
  throw new DtmError('validation', `${target.id} cannot take over tasks: it ${message}`, {
    fields: [{ path: 'carry_over_to', code: 'invalid', message }],
    hint: 'Choose a sprint of the same project that is still open, or null for the backlog.',
  });
}

function targetProblem(sprint: Sprint, target: Sprint): string | undefined {
  if (target.id === sprint.id) return 'is the sprint itself';
  if (isFinished('sprint', target.status)) return `is ${target.status}`;
  return undefined;
}
