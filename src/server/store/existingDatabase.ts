import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import { requireSqlite } from '../requireSqlite.ts';
import { databaseFile } from './dataFolder.ts';
import type { Database } from './schema.ts';
import type { Store } from './store.ts';

/** Which database; nothing else of the server's settings matters to it. */
export interface DatabasePlace {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

/** One connection to a database, whether a server runs on it or not. */
export interface DatabaseConnection {
  readonly engine: Store['engine'];
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

/** `read`: what is read belongs to one moment, and nobody waits; `write`: alone among those who write. */
type Purpose = 'read' | 'write';

/**
 * Connects to a database that is there, and migrates nothing.
 * @throws DtmError `not-found` (nothing in the data folder), `unavailable`, `configuration`, `cannot-write`
 */
export async function connectExisting(place: DatabasePlace, purpose: Purpose): Promise<DatabaseConnection> {
  if (!isThere(place)) throw noDatabase(place.dataDir);
  return connect(place, purpose);
}

/** Whether there is a database at all; one on a PostgreSQL server there always is, if an empty one. */
export function isThere({ dataDir, databaseUrl }: DatabasePlace): boolean {
  return databaseUrl !== undefined || existsSync(databaseFile(dataDir));
}

/** Connects to a database; the embedded one is made if there is none. @throws DtmError as {@link connectExisting} does */
export async function connect({ dataDir, databaseUrl }: DatabasePlace, purpose: Purpose): Promise<DatabaseConnection> {
  if (databaseUrl !== undefined) {
    const { openPostgresConnection } = await import('./postgresStore.ts');
    const db = await openPostgresConnection(databaseUrl);
    return { engine: 'postgresql', db, close: () => db.destroy() };
  }
  requireSqlite();
  const { openSqliteConnection } = await import('./sqliteStore.ts');
  const db = await openSqliteConnection(dataDir, purpose);
  return { engine: 'sqlite', db, close: () => db.destroy() };
}

function noDatabase(folder: string): DtmError {
  return new DtmError('not-found', `there is no DTM database in ${folder}`, {
    hint: 'Name its folder with --data-dir (DTM_DATA_DIR) or --database-url (DTM_DATABASE_URL); cf_cli serve makes one.',
  });
}
