import type { Task } from '../../core/task.ts';
import type { TreeReader } from './treeModel.ts';

type TaskReader = Pick<TreeReader, 'get' | 'tasksOf'>;

/** The task under which a subtask stands, if it is there. */
export function parentTask(tracker: TaskReader, task: Task): Task | undefined {
  if (task.parentId === null || isTopOfCycle(tracker, task)) return undefined;
  return tracker.get('task', task.parentId);
}

/** The tasks that stand under this one. */
export function* subtasksOf(tracker: TaskReader, task: Task): Iterable<Task> {
  for (const other of tracker.tasksOf(task.id)) {
    if (other.parentId === task.id && !isTopOfCycle(tracker, other)) yield other;
  }
}

/**
 * Servers other than ours let tasks be parts of each other in a circle, where none would be on top and all would be out
 * of sight: the one with the first id is taken to be.
 */
function isTopOfCycle(tracker: TaskReader, task: Task): boolean {
  const seen = new Set<string>();
  for (let at: Task | undefined = task; at && !seen.has(at.id); ) {
    seen.add(at.id);
    if (at.parentId === task.id) return [...seen].every((id) => id >= task.id);
    at = at.parentId === null ? undefined : tracker.get('task', at.parentId);
  }
  return false;
}
