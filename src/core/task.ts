import * as z from 'zod';
import { amount, custom, idOf, instant, managed, person, text, title, words } from './fields.ts';

const taskStatuses = ['new', 'ready', 'active', 'in_progress', 'blocked', 'review', 'done', 'dropped'] as const;
export const priorities = ['p0', 'p1', 'p2', 'p3'] as const;
export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export const workTypes = ['feature', 'bug', 'refactor', 'tech_debt', 'research', 'governance', 'migration'] as const;

/** Something that must hold before the task is done; `id` is unique within the task. */
const criterionSchema = z.strictObject({ id: text(64).min(1), text: text(2_000), done: z.boolean() });

/** A link to the web (`https:`), or into the workspace (`file:` with a relative path and a line). */
const linkSchema = z.strictObject({ title: text(500), url: text(2_000).min(1) });

/** A task as the server knows it (DTM API v1). */
export const taskSchema = z.strictObject({
  id: idOf('task'),
  projectId: idOf('project'),
  sprintId: idOf('sprint').nullable(),
  parentId: idOf('task').nullable(),
  title: title(500),
  description: text(100_000),
  status: z.enum(taskStatuses),
  priority: z.enum(priorities),
  severity: z.enum(severities).nullable(),
  workType: z.enum(workTypes).nullable(),
  owner: person.nullable(),
  assignees: words,
  labels: words,
  estimatePoints: amount.nullable(),
  actualHours: amount.nullable(),
  dueAt: instant.nullable(),
  dependsOn: z.array(idOf('task')).max(200),
  acceptanceCriteria: z.array(criterionSchema).max(200),
  links: z.array(linkSchema).max(200),
  blockedReason: text(2_000).nullable(),
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
  /** Order on the board: a fractional-index string. */
  rank: text(200),
  custom,
  ...managed,
});

export type Task = Readonly<z.infer<typeof taskSchema>>;
export type TaskStatus = Task['status'];
