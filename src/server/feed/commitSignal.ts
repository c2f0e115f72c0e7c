import { Emitter } from '../../core/emitter.ts';
import type { Event } from '../../core/ports.ts';
import type { Store } from '../store/store.ts';

/**
 * Wakes whoever follows the feed. It says only that something may have been committed; the feed itself is the truth, so
 * that a signal too many is harmless. Several processes on one database each need the others' commits here, too.
 */
export interface CommitSignal {
  readonly onDidCommit: Event<void>;
}

/**
 * Watches a store for commits.
 * @param elsewhere commits of other processes (LISTEN/NOTIFY), where there are any
 */
export function announcingCommits(
  store: Store,
  elsewhere?: CommitSignal,
): { readonly store: Store; readonly commits: CommitSignal } {
  const emitter = new Emitter<void>();
  elsewhere?.onDidCommit(() => emitter.fire());
  const write: Store['write'] = async (work) => {
    const result = await store.write(work);
    emitter.fire();
    return result;
  };
  return { store: { ...store, write }, commits: { onDidCommit: emitter.event } };
}
