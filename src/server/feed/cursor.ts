import { DtmError } from '../../core/errors.ts';
import { type SnapshotPosition, snapshotParts } from '../store/snapshotQuery.ts';

/** Where a reader of the feed is: within the snapshot, or at a number of the tail. */
export type FeedCursor =
  | { readonly kind: 'start' }
  | { readonly kind: 'snapshot'; readonly upTo: number; readonly position: SnapshotPosition }
  | { readonly kind: 'tail'; readonly seq: number };

/** Snapshot cursors are `s.<upTo>.<part>.<last id>`; those of the tail are the number alone. */
export function formatCursor(cursor: FeedCursor): string {
  if (cursor.kind === 'start') return '0';
  if (cursor.kind === 'tail') return String(cursor.seq);
  return ['s', cursor.upTo, cursor.position.part, cursor.position.afterId].join('.');
}

/** @throws DtmError `validation` if it is no cursor of ours */
export function parseCursor(text: string): FeedCursor {
  if (text === '0' || text === '') return { kind: 'start' };
  const tail = /^(\d{1,15})$/.exec(text);
  if (tail) return { kind: 'tail', seq: Number(tail[1]) };
  const [, upTo, part, afterId = ''] = /^s\.(\d{1,15})\.(\w+)\.([\w-]{0,70})$/.exec(text) ?? [];
  const known = snapshotParts.find((candidate) => candidate === part);
  if (upTo !== undefined && known) {
    return { kind: 'snapshot', upTo: Number(upTo), position: { part: known, afterId } };
  }
  throw new DtmError('validation', 'since is not a cursor of this feed', {
    fields: [{ path: 'since', code: 'invalid', message: 'must be 0 or what the last answer gave as next' }],
    hint: 'Give back what the last answer called next, or 0 to start.',
  });
}

/** The error for a place in the feed that no longer exists. */
export function cursorExpired(): DtmError {
  return new DtmError('cursor-expired', 'what happened since then is no longer known', {
    hint: 'Start again with since=0, and keep local operations that are still to be sent.',
  });
}
