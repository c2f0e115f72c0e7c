import type { Entity } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import { hasDependents } from '../../core/expand.ts';
import type { Operation } from '../../core/operation.ts';
import type { Transaction } from '../store/store.ts';
import { recordChange } from './record.ts';
import { stampOf, type Writer } from './stamp.ts';

/**
 * What still hangs on an entity and forbids the change: a project is not deleted with something in it, a sprint does
 * not move to another project with tasks in it.
 */
export async function dependentsProblem(
  tx: Transaction,
  operation: Operation,
  current: Entity | null,
  next: Entity | null,
): Promise<DtmError | undefined> {
  if (!current) return undefined;
  if (operation.entity === 'project' && !next) return projectProblem(tx, current.id);
  if (!next || !('cadence' in next) || !('cadence' in current) || next.projectId === current.projectId)
    return undefined;
  const tasks = await tx.entities.tasksOf('sprint_id', current.id);
  if (tasks.length === 0) return undefined;
  return new DtmError('has-dependents', `${current.id} still has ${tasks.length} tasks of ${current.projectId}`, {
    hint: 'Take its tasks out before it moves to another project.',
    details: { tasks: tasks.length },
  });
}

async function projectProblem(tx: Transaction, id: string): Promise<DtmError | undefined> {
  const sprints = await tx.entities.sprintsOf(id);
  const tasks = await tx.entities.tasksOf('project_id', id);
  return sprints.length + tasks.length > 0 ? hasDependents(id, sprints.length, tasks.length) : undefined;
}

/** Lets the tasks of a sprint go, as part of the operation that deletes it. */
export async function releaseTasks(tx: Transaction, operation: Operation, writer: Writer): Promise<void> {
  for (const task of await tx.entities.tasksOf('sprint_id', operation.id)) {
    const { now } = stampOf(operation, task, writer, task.version + 1);
    const next = { ...task, sprintId: null, version: task.version + 1, updatedAt: now, updatedBy: writer.actor };
    const { opId, surface, reason } = operation;
    const update = { entity: 'task', id: task.id, kind: 'update', opId, surface, reason } as const;
    await recordChange(tx, update, { previous: task, next, version: next.version }, { ...writer, now });
  }
}
