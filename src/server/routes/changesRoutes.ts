import type { FastifyInstance } from 'fastify';
import { changesQuery } from '../../api/sync.ts';
import { parseWith } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { changeBodyOf } from '../feed/changeBody.ts';
import { parseCursor } from '../feed/cursor.ts';
import { readFeed } from '../feed/readFeed.ts';

/** `GET /api/v1/changes`: a snapshot of everything, then whatever happens, in the order in which it happened. */
export function changesRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get('/api/v1/changes', { config: { access: 'viewer' } }, async (request) => {
    const { since, limit, project_id } = parseWith(changesQuery, request.query, 'the query is not valid');
    const scope = project_id ?? null;
    const page = await context.store.read((tx) => readFeed(tx, parseCursor(since), limit, scope));
    return {
      changes: page.changes.map((change) => changeBodyOf(change, scope)),
      next: page.next,
      has_more: page.hasMore,
    };
  });
}
