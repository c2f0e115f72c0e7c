import type { FastifyInstance } from 'fastify';
import { collections } from '../../api/entities.ts';
import { deletionQuery } from '../../api/schemas.ts';
import { DtmError } from '../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import { entityToWire, parseWith } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { etagOf, isNotModified } from '../etag.ts';
import type { Listing, ListQuery } from '../store/listing.ts';
import { notFound } from '../write/refusals.ts';
import { createEntity, deleteEntity, patchEntity, restoreEntity } from '../write/writeEntity.ts';
import { type ById, reading, sendEntity, writeRequest, writing } from './entityRequests.ts';
import { cursorAfter, readListQuery } from './listQuery.ts';

/** The same routes for projects, sprints and tasks. */
export function entityRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const kind of entityKinds) {
    readRoutes(app, context, kind);
    writeRoutes(app, context, kind);
  }
  app.get<ById>('/api/v1/sprints/:id/tasks', reading, async (request) => {
    return listTasksOf(context, request.params.id, request.query);
  });
}

function readRoutes(app: FastifyInstance, context: ServerContext, kind: EntityKind): void {
  const path = `/api/v1/${collections[kind]}`;
  app.get(path, reading, async (request) => list(context, kind, request.query));
  app.get<ById>(`${path}/:id`, reading, async (request, reply) => {
    const { id } = request.params;
    const entity = await context.store.read((tx) => tx.entities.find(kind, id));
    if (!entity) throw notFound(kind, id);
    if (isNotModified(request, entity)) return reply.code(304).header('etag', etagOf(entity)).send();
    return sendEntity(reply, kind, entity);
  });
}

async function list(context: ServerContext, kind: EntityKind, given: unknown) {
  const query = readListQuery(kind, given, context.now());
  return page(kind, query, await context.store.read((tx) => tx.entities.list(kind, query)));
}

/** The tasks of a sprint, with everything that lists of tasks understand. */
async function listTasksOf(context: ServerContext, sprintId: string, given: unknown) {
  const query = readListQuery('task', given, context.now());
  if (query.filter.sprint_id) throw fixedFilter();
  const filter = { ...query.filter, sprint_id: [sprintId] };
  const found = await context.store.read(async (tx) => {
    if (!(await tx.entities.find('sprint', sprintId))) throw notFound('sprint', sprintId);
    return tx.entities.list('task', { ...query, filter });
  });
  return page('task', query, found);
}

function fixedFilter(): DtmError {
  return new DtmError('validation', 'the address names the sprint already', {
    fields: [{ path: 'sprint_id', code: 'invalid', message: 'must be left out here' }],
    hint: 'Leave sprint_id out, or ask /api/v1/tasks.',
  });
}

function page(kind: EntityKind, query: ListQuery, found: Listing) {
  const last = found.hasMore ? found.items.at(-1) : undefined;
  return {
    items: found.items.map((entity) => entityToWire(kind, entity)),
    total: found.total,
    limit: query.limit,
    offset: query.offset,
    next_cursor: last ? cursorAfter(last, query.sort) : null,
  };
}

function writeRoutes(app: FastifyInstance, context: ServerContext, kind: EntityKind): void {
  const path = `/api/v1/${collections[kind]}`;
  app.post(path, writing, async (request, reply) => {
    const entity = await createEntity(context, writeRequest(kind, '', request));
    reply.code(201).header('location', `${path}/${entity.id}`);
    return sendEntity(reply, kind, entity);
  });
  app.route<ById>({
    method: ['PATCH', 'PUT'],
    url: `${path}/:id`,
    ...writing,
    handler: async (request, reply) => {
      return sendEntity(reply, kind, await patchEntity(context, writeRequest(kind, request.params.id, request)));
    },
  });
  app.delete<ById>(`${path}/:id`, writing, async (request, reply) => {
    const { cascade } = parseWith(deletionQuery, request.query, 'the query is not valid');
    await deleteEntity(context, writeRequest(kind, request.params.id, request), cascade === 'true');
    reply.code(204);
  });
  app.post<ById>(`${path}/:id/restore`, writing, async (request, reply) => {
    return sendEntity(reply, kind, await restoreEntity(context, writeRequest(kind, request.params.id, request)));
  });
}
