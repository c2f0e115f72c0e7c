import { idOf } from '../../../core/fields.ts';
import type { Task } from '../../../core/task.ts';
import { asText, type FieldForm } from './fieldForms.ts';
import { backlogIdOf, isBacklogId, type Row } from './row.ts';

const ids = { projectId: idOf('project'), sprintId: idOf('sprint'), parentId: idOf('task') };

/** The project of a sprint or task; a row without one cannot be shown. */
export const projectForm: FieldForm = {
  field: 'projectId',
  name: 'primary_project',
  read: (row) => row.primary_project,
  write: (entity) => ('projectId' in entity ? entity.projectId : undefined),
  holds: (entity, row) => 'projectId' in entity && entity.projectId === row.primary_project,
};

/** The sprint of a task: the project's backlog stands for none. */
export const sprintForm: FieldForm = {
  field: 'sprintId',
  name: 'primary_sprint',
  read: sprintOf,
  write: (entity) => sprintToWrite(entity as Task),
  holds: (entity, row) => {
    const { sprintId, projectId } = entity as Task;
    const isSame = sprintId === sprintOf(row);
    // A task that went to another project leaves the backlog of the former one.
    return isSame && (sprintId !== null || projectId === row.primary_project);
  },
};

function sprintOf(row: Row): string | null {
  const id = ids.sprintId.safeParse(row.primary_sprint).data ?? null;
  return id !== null && isBacklogId(id) ? null : id;
}

function sprintToWrite({ sprintId, projectId }: Task): string {
  return sprintId ?? backlogIdOf(projectId);
}

/** The task that a task is part of: the first of its parents; the others are left as they are. */
export const parentForm: FieldForm = {
  field: 'parentId',
  name: 'parents',
  read: parentOf,
  write: (entity, row) => {
    const { parentId } = entity as Task;
    const before = row && parentOf(row);
    const others = parentsOf(row).filter((id) => id !== before && id !== parentId);
    return parentId === null ? others : [parentId, ...others];
  },
  holds: (entity, row) => (entity as Task).parentId === parentOf(row),
};

function parentOf(row: Row): string | null {
  const isParent = (id: unknown) => id !== row.id && ids.parentId.safeParse(id).success;
  return asText(parentsOf(row).find(isParent)) || null;
}

function parentsOf(row: Row | undefined): readonly unknown[] {
  return Array.isArray(row?.parents) ? row.parents : [];
}
