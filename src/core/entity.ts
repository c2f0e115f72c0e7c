import type { z } from 'zod';
import type { EntityKind } from './ids.ts';
import { type Project, projectSchema } from './project.ts';
import { type Sprint, sprintSchema } from './sprint.ts';
import { type Task, taskSchema } from './task.ts';

export interface EntityByKind {
  readonly project: Project;
  readonly sprint: Sprint;
  readonly task: Task;
}
export type Entity = EntityByKind[EntityKind];

/** The schema of each kind, in the names of TypeScript; `wire.ts` maps them to the names of JSON and CSV. */
export const entitySchemas = { project: projectSchema, sprint: sprintSchema, task: taskSchema } as const;

/** The schema of one kind, with the type that belongs to it. */
export function schemaOf<K extends EntityKind>(kind: K): z.ZodType<EntityByKind[K]> {
  return entitySchemas[kind] as unknown as z.ZodType<EntityByKind[K]>;
}

/** Fields that only the server (or whoever applies an operation) sets. */
export const managedFields: ReadonlySet<string> = new Set([
  'id',
  'version',
  'createdAt',
  'updatedAt',
  'createdBy',
  'updatedBy',
  'startedAt',
  'completedAt',
]);

/** Fields that hold sets: edited by adding and removing elements, so that two people's additions both stay. */
export const setFields = {
  project: ['labels', 'repositories'],
  sprint: [],
  task: ['assignees', 'labels', 'dependsOn', 'acceptanceCriteria', 'links'],
} as const satisfies Record<EntityKind, readonly string[]>;

export function isSetField(kind: EntityKind, field: string): boolean {
  return (setFields[kind] as readonly string[]).includes(field);
}

/** All field names of a kind, in schema order. */
export function fieldsOf(kind: EntityKind): readonly string[] {
  return fieldNames[kind];
}

const fieldNames = {
  project: Object.keys(projectSchema.shape),
  sprint: Object.keys(sprintSchema.shape),
  task: Object.keys(taskSchema.shape),
};

/** The fields that a person may write. */
export function editableFields(kind: EntityKind): readonly string[] {
  return fieldNames[kind].filter((field) => !managedFields.has(field));
}

/** The schema of one field, or undefined if the kind has no such field. */
export function fieldSchema(kind: EntityKind, field: string): z.ZodType | undefined {
  const shape: Record<string, z.ZodType> = entitySchemas[kind].shape;
  return Object.hasOwn(shape, field) ? shape[field] : undefined;
}

/** Reads a field by a name that is only known at run time. */
export function fieldValue(entity: Entity, field: string): unknown {
  return (entity as unknown as Record<string, unknown>)[field];
}

/** What a person calls the entity: a task's title, a project's or sprint's name. */
export function labelOf(entity: Entity): string {
  return 'title' in entity ? entity.title : entity.name;
}

const kindByLetter: Readonly<Record<string, EntityKind>> = { P: 'project', S: 'sprint', T: 'task' };

/** The kind of an entity, by the first letter of its id. */
export function kindOf(entity: Entity): EntityKind {
  return kindByLetter[entity.id[0] ?? ''] ?? 'task';
}
