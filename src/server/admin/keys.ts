import { adoptRestoredSecrets, type KeyIds, rotateKeys, rotateSharedKeys } from '../auth/secrets.ts';
import type { DatabasePlace } from '../store/existingDatabase.ts';
import { withAdminStore } from './withAdminStore.ts';

/** Makes a new signing key, also while the server runs. @returns the ids of the keys that are valid now */
export function rotateServerKeys(place: DatabasePlace): Promise<KeyIds> {
  return withAdminStore(place, async (store) => {
    if (store.engine === 'postgresql') return rotateSharedKeys(store);
    await adoptRestoredSecrets(store, place.dataDir);
    return rotateKeys(place.dataDir);
  });
}
