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

/**
 * Connects to a database that is there, and migrates nothing.
 * @throws DtmError `not-found` (nothing in the data folder), `unavailable`, `configuration`, `cannot-write`
 */
export async function connectExisting({ dataDir, databaseUrl }: DatabasePlace): Promise<DatabaseConnection> {
  if (databaseUrl !== undefined) return connectToPostgres(databaseUrl);
  const file = databaseFile(dataDir);
  if (!existsSync(file)) throw noDatabase(dataDir);
  return connectToSqlite(dataDir);
}

async function connectToSqlite(folder: string): Promise<DatabaseConnection> {
  requireSqlite();
  const { openSqliteConnection } = await import('./sqliteStore.ts');
  const db = await openSqliteConnection(folder);
  return { engine: 'sqlite', db, close: () => db.destroy() };
}

async function connectToPostgres(url: string): Promise<DatabaseConnection> {
  const { openPostgresConnection } = await import('./postgresStore.ts');
  const db = await openPostgresConnection(url);
  return { engine: 'postgresql', db, close: () => db.destroy() };
}

function noDatabase(folder: string): DtmError {
  return new DtmError('not-found', `there is no DTM database in ${folder}`, {
    hint: 'Name its folder with --data-dir (DTM_DATA_DIR) or --database-url (DTM_DATABASE_URL); cf_cli serve makes one.',
  });
}
