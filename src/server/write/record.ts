import type { Entity } from '../../core/entity.ts';
import { fieldChanges } from '../../core/fieldChanges.ts';
import type { Operation } from '../../core/operation.ts';
import { sprintEvents } from '../../core/sprintHistory.ts';
import type { Task } from '../../core/task.ts';
import type { Transaction } from '../store/store.ts';
import type { Writer } from './stamp.ts';

/** What changed: `next` is null after a deletion, `previous` after a creation or restoration. */
export interface Recorded {
  readonly previous: Entity | null;
  readonly next: Entity | null;
  readonly version: number;
}

/** Writes a change everywhere it belongs: the entity or its tombstone, the feed, the audit, the sprints' history. */
export async function recordChange(
  tx: Transaction,
  operation: Pick<Operation, 'entity' | 'id' | 'kind' | 'opId' | 'surface' | 'reason'>,
  change: Recorded,
  writer: Writer,
): Promise<void> {
  const { entity, id, kind, opId, surface, reason = null } = operation;
  const { previous, next, version } = change;
  const at = next?.updatedAt ?? writer.now;
  const facts = { entity, id, opId, version, at, by: writer.actor };
  const seq = await tx.feed.append({ ...facts, kind, previous, next });
  const { requestId = null } = writer;
  const fields = fieldChanges(entity, previous, next);
  await tx.audit.add({ ...facts, seq, kind, surface, reason, requestId, fields });
  if (entity === 'task') await recordForSprints(tx, seq, at, previous as Task | null, next as Task | null);
  if (next) {
    if (kind === 'restore') await tx.tombstones.remove(id);
    await tx.entities.save(entity, next, previous, seq);
  } else if (previous) {
    await tx.entities.remove(entity, id);
    await tx.tombstones.add({ ...facts, seq, before: previous });
  }
}

async function recordForSprints(tx: Transaction, seq: number, at: string, previous: Task | null, next: Task | null) {
  for (const event of sprintEvents(previous, next)) await tx.sprintHistory.add({ ...event, seq, at });
}
