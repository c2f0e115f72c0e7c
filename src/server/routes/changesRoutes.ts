import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { ChangeBody } from '../../api/sync.ts';
import { idOf } from '../../core/fields.ts';
import { entityToWire, parseWith } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { parseCursor } from '../feed/cursor.ts';
import { readFeed } from '../feed/readFeed.ts';
import type { ChangeRecord, Scope } from '../store/feedTable.ts';

const projectIds = z.preprocess(
  (value) => (value === undefined ? undefined : [value].flat().flatMap((part) => String(part).split(','))),
  z.array(idOf('project')).max(200).optional(),
);
const query = z.strictObject({
  since: z.string().max(200).default('0'),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
  project_id: projectIds,
});

/** `GET /api/v1/changes`: a snapshot of everything, then whatever happens, in the order in which it happened. */
export function changesRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/api/v1/changes', { config: { access: 'viewer' } }, async (request) => {
    const { since, limit, project_id } = parseWith(query, request.query, 'the query is not valid');
    const scope = project_id ?? null;
    const page = await context.store.read((tx) => readFeed(tx, parseCursor(since), limit, scope));
    return { changes: page.changes.map((change) => toBody(change, scope)), next: page.next, has_more: page.hasMore };
  });
}

function toBody(change: ChangeRecord, scope: Scope): ChangeBody {
  const left = scope !== null && !scope.includes(change.projectId);
  return {
    seq: change.seq,
    entity: change.entity,
    id: change.id,
    kind: left ? 'out_of_scope' : change.kind,
    version: change.version,
    at: change.at,
    by: change.by,
    op_id: change.opId || null,
    data: left || !change.data ? null : entityToWire(change.entity, change.data),
  };
}
