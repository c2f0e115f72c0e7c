import * as z from 'zod';
import { day, instant, text } from '../core/fields.ts';
import { entityIdPattern, entityKinds } from '../core/ids.ts';
import { surfaces } from '../core/operation.ts';

const moment = z.union([day, instant], { error: 'must be YYYY-MM-DD or an RFC 3339 time' }).optional();

/** The query of `GET /api/v1/audit`: `since` is inclusive, `until` exclusive; a day begins at midnight UTC. */
export const auditQuery = z.strictObject({
  entity: z.enum(entityKinds).optional(),
  id: z.string().regex(entityIdPattern).optional(),
  actor: text(200).min(1).optional(),
  since: moment,
  until: moment,
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be what the last answer called next_cursor')
    .optional(),
});

/** One change: who, when, where, why, and each field from what to what. */
export const auditBody = z.object({
  seq: z.int().min(1),
  entity: z.enum(entityKinds),
  id: z.string(),
  kind: z.enum(['create', 'update', 'delete', 'restore']),
  version: z.int().min(1),
  at: z.string(),
  by: z.string(),
  surface: z.enum(surfaces),
  op_id: z.string(),
  request_id: z.string().nullable(),
  reason: z.string().nullable(),
  fields: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })),
});
export type AuditBody = z.infer<typeof auditBody>;

/** The newest changes first. */
export const auditAnswer = z.object({
  items: z.array(auditBody),
  limit: z.int(),
  next_cursor: z.string().nullable(),
});
