import type { Store } from './store.ts';

/**
 * Opens the store that the settings choose. Each engine is loaded only where it is used: not every Node.js has the one,
 * and the driver of the other takes time to load.
 * @throws DtmError as `openSqliteStore` and `openPostgresStore` do
 */
export async function openStore(settings: {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}): Promise<Store> {
  if (settings.databaseUrl === undefined) {
    const { openSqliteStore } = await import('./sqliteStore.ts');
    return openSqliteStore(settings.dataDir);
  }
  const { openPostgresStore } = await import('./postgresStore.ts');
  return openPostgresStore(settings.databaseUrl);
}
