import type { ChangeRecord, Scope } from '../store/feedTable.ts';
import { type SnapshotPosition, snapshotParts } from '../store/snapshotQuery.ts';
import type { Transaction } from '../store/store.ts';
import { cursorExpired, type FeedCursor, formatCursor } from './cursor.ts';

export interface FeedPage {
  readonly changes: readonly ChangeRecord[];
  readonly next: string;
  readonly hasMore: boolean;
}

/**
 * One page of the feed.
 * @throws DtmError `cursor-expired`
 */
export async function readFeed(tx: Transaction, cursor: FeedCursor, limit: number, scope: Scope): Promise<FeedPage> {
  const head = await tx.feed.head();
  if (cursor.kind === 'start') return readSnapshot(tx, head, { part: 'project', afterId: '' }, limit, scope);
  const from = cursor.kind === 'tail' ? cursor.seq : cursor.upTo;
  if (await tx.feed.isForgotten(from, head)) throw cursorExpired();
  if (cursor.kind === 'snapshot') return readSnapshot(tx, cursor.upTo, cursor.position, limit, scope);
  return readTail(tx, cursor.seq, head, limit, scope);
}

async function readTail(tx: Transaction, seq: number, head: number, limit: number, scope: Scope): Promise<FeedPage> {
  const found = await tx.feed.after(seq, limit + 1, scope);
  const changes = found.slice(0, limit);
  const hasMore = found.length > limit;
  const last = hasMore ? (changes.at(-1)?.seq ?? seq) : head;
  return { changes, next: formatCursor({ kind: 'tail', seq: last }), hasMore };
}

async function readSnapshot(
  tx: Transaction,
  upTo: number,
  start: SnapshotPosition,
  limit: number,
  scope: Scope,
): Promise<FeedPage> {
  const changes: ChangeRecord[] = [];
  for (const part of snapshotParts.slice(snapshotParts.indexOf(start.part))) {
    const room = limit - changes.length;
    const afterId = part === start.part ? start.afterId : '';
    const found = await tx.snapshot({ part, afterId }, upTo, room + 1, scope);
    changes.push(...found.slice(0, room));
    if (found.length <= room) continue;
    const last = found[room - 1]?.id ?? afterId;
    return {
      changes,
      next: formatCursor({ kind: 'snapshot', upTo, position: { part, afterId: last } }),
      hasMore: true,
    };
  }
  const isBehind = (await tx.feed.head()) > upTo;
  return { changes, next: formatCursor({ kind: 'tail', seq: upTo }), hasMore: isBehind };
}
