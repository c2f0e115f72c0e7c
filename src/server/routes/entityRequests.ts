import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { entityToWire } from '../../core/wire.ts';
import { sessionOf } from '../access.ts';
import { etagOf } from '../etag.ts';
import type { WriteRequest } from '../write/writeEntity.ts';

/** What the routes of one entity share. */
export interface ById {
  Params: { id: string };
}

export const reading = { config: { access: 'viewer' } } as const;
export const writing = { config: { access: 'member' } } as const;

export function writeRequest<K extends EntityKind>(
  kind: K,
  id: string,
  request: FastifyRequest,
): WriteRequest & { readonly kind: K } {
  const ifMatch = request.headers['if-match'];
  return { kind, id, actor: sessionOf(request).user.username, requestId: request.id, body: request.body, ifMatch };
}

/** The answer that is an entity. Routes that write return their answer and never send it (`idempotency/`). */
export function sendEntity(reply: FastifyReply, kind: EntityKind, entity: Entity): Record<string, unknown> {
  reply.header('etag', etagOf(entity));
  return entityToWire(kind, entity);
}
