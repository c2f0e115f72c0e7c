import * as z from 'zod';
import { entitySchemas } from '../core/entity.ts';
import { idOf, text } from '../core/fields.ts';
import type { EntityKind } from '../core/ids.ts';
import { sprintBody } from './entities.ts';

/** Why, in a person's words: kept in the history, and in `blocked_reason` or `pending_reason` where that is needed. */
const reason = text(2_000).optional();

/** `POST …/{id}/transition`: one allowed step of the lifecycle. */
export function transitionRequest(kind: EntityKind) {
  const { status } = entitySchemas[kind].shape;
  return z.strictObject({ status: status as z.ZodType<string>, reason });
}

/** `POST /tasks/{id}/complete` and `/reopen`, `POST /sprints/{id}/start` and `/cancel`. */
export const reasonRequest = z.strictObject({ reason });

/** `POST /sprints/{id}/complete`: where unfinished tasks go; null: to the backlog, absent: they stay. */
export const completeSprintRequest = z.strictObject({ carry_over_to: idOf('sprint').nullable().optional(), reason });

/** The sprint, and the tasks that were carried over. */
export const completeSprintAnswer = z.object({ ...sprintBody.shape, carried_over: z.array(z.string()) });

const taskIds = z.array(idOf('task')).max(1_000).default([]);

/** `POST /sprints/{id}/tasks`. */
export const sprintTasksRequest = z.strictObject({ add: taskIds, remove: taskIds });

/** The tasks that were moved; those that already were where they should be are not among them. */
export const sprintTasksAnswer = z.object({ added: z.array(z.string()), removed: z.array(z.string()) });
