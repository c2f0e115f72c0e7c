import { AsyncLocalStorage } from 'node:async_hooks';
import type { Store, Transaction } from '../store/store.ts';

interface Ambient {
  readonly transaction: Transaction;
  isOpen: boolean;
}

/** A store whose reads and writes become parts of one transaction while {@link JoinedStore.within} runs. */
export interface JoinedStore {
  readonly store: Store;
  /** Runs `work`; whatever it does with the store belongs to `transaction`. */
  within<T>(transaction: Transaction, work: () => Promise<T>): Promise<T>;
}

export function joinStore(store: Store): JoinedStore {
  const storage = new AsyncLocalStorage<Ambient>();
  const current = (): Transaction | undefined => {
    const ambient = storage.getStore();
    return ambient?.isOpen ? ambient.transaction : undefined;
  };
  return {
    store: {
      ...store,
      read: (work) => {
        const transaction = current();
        return transaction ? work(transaction) : store.read(work);
      },
      write: (work) => {
        const transaction = current();
        return transaction ? transaction.part(() => work(transaction)) : store.write(work);
      },
    },
    within: async (transaction, work) => {
      const ambient = { transaction, isOpen: true };
      try {
        return await storage.run(ambient, work);
      } finally {
        ambient.isOpen = false;
      }
    },
  };
}
