import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';

/** A store whose transactions are measured. */
export function timedStore(store: Store, { databaseDuration }: Pick<Metrics, 'databaseDuration'>): Store {
  const timed = async <T>(kind: 'read' | 'write', work: () => Promise<T>): Promise<T> => {
    const end = databaseDuration.startTimer({ kind });
    let outcome = 'rolled-back';
    try {
      const result = await work();
      outcome = 'committed';
      return result;
    } finally {
      end({ outcome });
    }
  };
  const read: Store['read'] = (work) => timed('read', () => store.read(work));
  const write: Store['write'] = (work) => timed('write', () => store.write(work));
  return { ...store, read, write };
}
