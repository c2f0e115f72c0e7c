import type { Operation } from '../../core/operation.ts';
import type { Change, PullPage, PushResult } from '../../core/ports.ts';

/** Everything that a server has, deletions included, by id. */
export type Snapshot = ReadonlyMap<string, Change>;

/** Reads the whole feed from its start, up to its present end. */
export async function readSnapshot(
  page: (cursor: string | null) => Promise<PullPage>,
): Promise<{ readonly snapshot: Snapshot; readonly cursor: string }> {
  const snapshot = new Map<string, Change>();
  for (let cursor: string | null = null; ; ) {
    const { changes, next, hasMore } = await page(cursor);
    for (const change of changes) snapshot.set(change.id, change);
    if (!hasMore) return { snapshot, cursor: next };
    cursor = next;
  }
}

/** The snapshot after operations were answered. */
export function withAnswers(
  snapshot: Snapshot,
  operations: readonly Operation[],
  results: readonly PushResult[],
): Snapshot {
  const next = new Map(snapshot);
  for (const [index, result] of results.entries()) {
    const operation = operations[index];
    if (!operation || (result.outcome !== 'applied' && result.outcome !== 'duplicate')) continue;
    const { entity, id, opId } = operation;
    next.set(id, { entity, id, version: result.version, data: result.entity, opId });
  }
  return next;
}
