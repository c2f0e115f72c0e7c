import type { Task } from '../../core/task.ts';
import type { TreeReader } from './treeModel.ts';

/** The task under which a subtask stands, if it is there. */
export function parentTask(tracker: TreeReader, task: Task): Task | undefined {
  return task.parentId === null ? undefined : tracker.get('task', task.parentId);
}

/** The tasks whose `parentId` names this one; `tasksOf` of a task gives nothing else. */
export function* subtasksOf(tracker: TreeReader, task: Task): Iterable<Task> {
  for (const other of tracker.tasksOf(task.id)) if (other.parentId === task.id) yield other;
}
