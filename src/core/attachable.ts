import { type Entity, kindOf } from './entity.ts';
import type { Sprint } from './sprint.ts';
import type { Task } from './task.ts';

/** Entities in the form in which another tracker takes them. */
export interface Attached {
  readonly entities: readonly Entity[];
  /** How many were left out because their project is not there, and does not come along. */
  readonly homeless: number;
}

/**
 * Makes entities refer only to what is there, or comes along: a task whose sprint or parent is neither stands without it.
 * @param entities in creation order
 * @param find what the other tracker has
 */
export function attachable(entities: readonly Entity[], find: (id: string) => Entity | undefined): Attached {
  const coming = new Map<string, Entity>();
  const target = (id: string) => coming.get(id) ?? find(id);
  let homeless = 0;
  for (const entity of entities) {
    const isProject = kindOf(entity) === 'project';
    if (isProject || target((entity as Sprint | Task).projectId)) coming.set(entity.id, entity);
    else homeless++;
  }
  const attached = [...coming.values()].map((one) =>
    kindOf(one) === 'task' ? attachedTask(one as Task, target) : one,
  );
  return { entities: attached, homeless };
}

function attachedTask(task: Task, target: (id: string) => Entity | undefined): Task {
  const sprint = task.sprintId === null ? undefined : (target(task.sprintId) as Sprint | undefined);
  const sprintId = sprint?.projectId === task.projectId ? task.sprintId : null;
  const parentId = task.parentId !== null && target(task.parentId) ? task.parentId : null;
  const dependsOn = task.dependsOn.filter((id) => target(id));
  const isSame = sprintId === task.sprintId && parentId === task.parentId && dependsOn.length === task.dependsOn.length;
  return isSame ? task : { ...task, sprintId, parentId, dependsOn };
}
