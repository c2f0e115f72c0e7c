import * as z from 'zod';
import { amount, custom, day, idOf, instant, managed, person, text, title } from './fields.ts';

const sprintStatuses = [
  'new',
  'pending',
  'assigned',
  'active',
  'in_progress',
  'blocked',
  'completed',
  'closed',
  'cancelled',
] as const;

/** A sprint: a stretch of time of one project. */
export const sprintSchema = z.strictObject({
  id: idOf('sprint'),
  projectId: idOf('project'),
  name: title(200),
  goal: text(10_000),
  status: z.enum(sprintStatuses),
  cadence: z.enum(['weekly', 'biweekly', 'monthly', 'custom']),
  startDate: day.nullable(),
  endDate: day.nullable(),
  owner: person.nullable(),
  velocityTargetPoints: amount.nullable(),
  committedPoints: amount.nullable(),
  pendingReason: text(2_000).nullable(),
  blockedReason: text(2_000).nullable(),
  completedAt: instant.nullable(),
  custom,
  ...managed,
});

export type Sprint = Readonly<z.infer<typeof sprintSchema>>;
export type SprintStatus = Sprint['status'];
