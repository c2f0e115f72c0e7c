import * as z from 'zod';
import { entitySchemas, managedFields } from '../core/entity.ts';
import type { EntityKind } from '../core/ids.ts';
import { wireName } from '../core/wire.ts';
import { snakeShape } from './snakeCase.ts';

/** Entities as they travel: the schemas of `core` with the names of the wire. */
export const projectBody = z.object(snakeShape(entitySchemas.project.shape));
export const sprintBody = z.object(snakeShape(entitySchemas.sprint.shape));
export const taskBody = z.object(snakeShape(entitySchemas.task.shape));
export const entityBodies = { project: projectBody, sprint: sprintBody, task: taskBody } as const;

/** What a client must give to create an entity; everything else has a default. */
const required: Readonly<Record<EntityKind, readonly string[]>> = {
  project: ['name'],
  sprint: ['project_id', 'name'],
  task: ['project_id', 'title'],
};

const managedNames = new Set([...managedFields].map(wireName));

function writableShape(kind: EntityKind): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = entityBodies[kind].shape;
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !managedNames.has(name)));
}

/** The body of `POST /api/v1/{projects,sprints,tasks}`: unknown fields are refused, `id` is optional. */
export function createBody(kind: EntityKind) {
  const shape = Object.entries(writableShape(kind)).map(([name, schema]) => {
    return [name, required[kind].includes(name) ? schema : schema.optional()] as const;
  });
  const shapeOfId: Record<string, z.ZodType> = entityBodies[kind].shape;
  return z.strictObject({ ...Object.fromEntries(shape), id: (shapeOfId.id as z.ZodType).optional() });
}

/** The body of `PATCH` and `PUT`: JSON merge patch (RFC 7396) over the writable fields. */
export function patchBody(kind: EntityKind) {
  const shape = Object.entries(writableShape(kind)).map(([name, schema]) => [name, schema.optional()] as const);
  return z.strictObject(Object.fromEntries(shape));
}

/** The collection of each kind in paths: `/api/v1/tasks`. */
export const collections = { project: 'projects', sprint: 'sprints', task: 'tasks' } as const;

/** The answer of a list. */
export function listAnswer(kind: EntityKind) {
  return z.object({
    items: z.array(entityBodies[kind]),
    total: z.int().nullable(),
    limit: z.int(),
    offset: z.int(),
    next_cursor: z.string().nullable(),
  });
}
