import * as z from 'zod';
import { idOf } from '../core/fields.ts';
import { entityKinds } from '../core/ids.ts';
import { problemBody } from './problem.ts';

/** The most operations that one batch may hold. */
export const batchLimit = 1_000;

/** `POST /api/v1/batch`: operations as `core/operationWire.ts` writes them, checked one by one. */
export const batchRequest = z.strictObject({
  operations: z.array(z.record(z.string(), z.unknown())).min(1).max(batchLimit),
});

const batchOutcomes = ['applied', 'duplicate', 'conflict', 'rejected', 'skipped'] as const;

/** One result, at the place of its operation. `entity` is null after a deletion. */
export const batchResult = z.object({
  op_id: z.string(),
  outcome: z.enum(batchOutcomes),
  /** The version that the entity (or its tombstone) has now. */
  version: z.int().optional(),
  entity: z.record(z.string(), z.unknown()).nullable().optional(),
  current: z.record(z.string(), z.unknown()).nullable().optional(),
  fields: z.array(z.string()).optional(),
  problem: problemBody.optional(),
});
export type BatchResult = z.infer<typeof batchResult>;

export const batchAnswer = z.object({ results: z.array(batchResult) });

/** One entry of `GET /api/v1/changes`, in commit order. `data` is null for a deletion. */
export const changeBody = z.object({
  seq: z.int().min(1),
  entity: z.enum(entityKinds),
  id: z.string(),
  kind: z.enum(['create', 'update', 'delete', 'restore', 'out_of_scope']),
  version: z.int().min(1),
  at: z.string(),
  by: z.string(),
  op_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
export type ChangeBody = z.infer<typeof changeBody>;

/** `project_id`, once, repeated or with commas: only what belongs to these projects. */
const projectScope = z.preprocess(
  (value) => (value === undefined ? undefined : [value].flat().flatMap((part) => String(part).split(','))),
  z.array(idOf('project')).max(200).optional(),
);

/** The query of `GET /api/v1/changes`. */
export const changesQuery = z.strictObject({
  since: z.string().max(200).default('0'),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
  project_id: projectScope,
});

/** The query of `GET /api/v1/events`. */
export const eventsQuery = z.strictObject({ project_id: projectScope });

/** `Last-Event-ID`: the number of a change. */
export const lastEventId = z.string().regex(/^\d{1,15}$/, 'must be the id of an event');

/** `next` is opaque to clients: it is given back as `since`. */
export const changesAnswer = z.object({ changes: z.array(changeBody), next: z.string(), has_more: z.boolean() });

/** Headers that name the data behind every answer. */
export const serverHeader = 'dtm-server';
export const datasetHeader = 'dtm-dataset';

/** Writes `DTM-Dataset`. */
export function formatDataset(datasetId: string, epoch: number): string {
  return `${datasetId};epoch=${epoch}`;
}

/** Reads `DTM-Dataset`; undefined if it has another form. */
export function parseDataset(value: string): { readonly datasetId: string; readonly epoch: number } | undefined {
  const match = /^([^;]+);epoch=(\d+)$/.exec(value);
  return match ? { datasetId: match[1] ?? '', epoch: Number(match[2]) } : undefined;
}
