import type { FastifyInstance } from 'fastify';
import { type AuditBody, auditQuery } from '../../api/audit.ts';
import { parseWith, wireName } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import type { AuditRecord } from '../store/auditTable.ts';

/** `GET /api/v1/audit`: who changed what, from what to what. */
export function auditRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/api/v1/audit', { config: { access: 'viewer' } }, async (request) => {
    const { limit, cursor, ...filter } = parseWith(auditQuery, request.query, 'the query is not valid');
    const before = cursor === undefined ? undefined : Number(cursor);
    const found = await context.store.read((tx) => tx.audit.list({ ...filter, before }, limit + 1));
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items: items.map(toBody), limit, next_cursor: last ? String(last.seq) : null };
  });
}

function toBody({ opId, requestId, fields, ...rest }: AuditRecord): AuditBody {
  const named = Object.entries(fields).map(([field, change]) => [wireName(field), change] as const);
  return { ...rest, op_id: opId, request_id: requestId, fields: Object.fromEntries(named) };
}
