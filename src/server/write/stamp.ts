import type { Stamp } from '../../core/apply.ts';
import type { Entity, EntityByKind } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { isDelivered } from '../../core/lifecycle.ts';
import type { Operation } from '../../core/operation.ts';

/** Who writes, by which request, and the server's time. */
export interface Writer {
  readonly actor: string;
  /** RFC 3339 in UTC. */
  readonly now: string;
  readonly requestId?: string | undefined;
}

/**
 * The times of a change. The client's clock says when it was done, but neither before the previous change nor in the
 * future; the server's clock, should it have been set back, does not turn `updated_at` back.
 */
export function stampOf(operation: Operation, previous: Entity | null, writer: Writer, version: number): Stamp {
  const now = later(writer.now, previous?.updatedAt ?? '');
  const at = later(earlier(operation.at, now), previous?.updatedAt ?? '');
  return { now, at, actor: writer.actor, version };
}

/**
 * A new entity as the server keeps it: `started_at` and `completed_at` are never taken from the client, since nobody
 * writes them; a task that is created as done was completed when it was created.
 */
export function withDerivedTimes<E extends Entity>(kind: EntityKind, entity: E, at: string): E {
  const completedAt = isDelivered(kind, entity.status) ? at : null;
  if (kind !== 'task') return { ...entity, completedAt };
  const started = entity.status === 'in_progress' || (entity as EntityByKind['task']).status === 'review';
  return { ...entity, completedAt, startedAt: started ? at : null };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
