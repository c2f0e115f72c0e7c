import * as z from 'zod';
import { custom, day, idOf, instant, managed, person, text, title, words } from './fields.ts';

const projectStatuses = [
  'new',
  'pending',
  'assigned',
  'active',
  'in_progress',
  'paused',
  'blocked',
  'completed',
  'closed',
  'cancelled',
] as const;

/** A project as the server knows it (DTM API v1). */
export const projectSchema = z.strictObject({
  id: idOf('project'),
  name: title(200),
  mission: text(10_000),
  status: z.enum(projectStatuses),
  owner: person.nullable(),
  startDate: day.nullable(),
  targetEndDate: day.nullable(),
  pendingReason: text(2_000).nullable(),
  blockedReason: text(2_000).nullable(),
  labels: words,
  repositories: words,
  completedAt: instant.nullable(),
  custom,
  ...managed,
});

export type Project = Readonly<z.infer<typeof projectSchema>>;
export type ProjectStatus = Project['status'];

/** A project as one chooses it from a list. */
export type NamedProject = Pick<Project, 'id' | 'name'>;
