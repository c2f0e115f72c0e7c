import type { FastifyRequest } from 'fastify';
import type { Entity } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import { entityToWire } from '../core/wire.ts';

export function etagOf(entity: Entity): string {
  return `"${entity.version}"`;
}

/** Whether `If-None-Match` names the current version (RFC 9110: the weak form counts, too). */
export function isNotModified(request: FastifyRequest, entity: Entity): boolean {
  return matches(request.headers['if-none-match'], entity);
}

/**
 * Checks `If-Match`.
 * @throws DtmError `version-mismatch` with the current entity
 */
export function requireMatch(ifMatch: string | undefined, kind: EntityKind, current: Entity): void {
  if (ifMatch === undefined || matches(ifMatch, current)) return;
  throw new DtmError('version-mismatch', `${current.id} is at version ${current.version} now`, {
    hint: 'Read it again, and repeat the change if it is still wanted.',
    details: { current: entityToWire(kind, current) },
  });
}

function matches(header: string | undefined, entity: Entity): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etagOf(entity));
}
