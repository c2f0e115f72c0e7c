import { type AdminStore, openAdminStore } from '../store/adminStore.ts';
import type { DatabasePlace } from '../store/existingDatabase.ts';

/** Opens the store of a database for one piece of work, and closes it. @throws DtmError as `openAdminStore` does */
export async function withAdminStore<T>(place: DatabasePlace, work: (store: AdminStore) => Promise<T>): Promise<T> {
  const store = await openAdminStore(place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
