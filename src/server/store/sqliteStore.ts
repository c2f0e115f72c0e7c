import { chmodSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import { isDtmError } from '../../core/errors.ts';
import { cannotUseFolder, databaseFile, makeFolder } from './dataFolder.ts';
import { lockFolder } from './folderLock.ts';
import { readIdentity } from './identity.ts';
import { migrate } from './migrate.ts';
import { nodeSqliteDialect, openReader, openWriter } from './nodeSqlite.ts';
import type { Database } from './schema.ts';
import { tellable } from './sqliteErrors.ts';
import type { Store } from './store.ts';
import { transactionOver } from './transaction.ts';

/**
 * Opens the store in a folder of its own, makes or migrates the database.
 * Two connections: the writer, which Kysely hands to one transaction at a time, and a reader beside it (WAL), so that a
 * list never waits for a transaction that is under way.
 * @throws DtmError `unavailable` (another process has the folder), `incompatible` (newer database), `cannot-write`
 */
export async function openSqliteStore(folder: string): Promise<Store> {
  makeFolder(folder);
  let unlock = (): void => {};
  try {
    unlock = lockFolder(folder);
    return await openDatabase(databaseFile(folder), unlock);
  } catch (error) {
    unlock();
    throw isDtmError(error) ? error : cannotUseFolder(folder, error);
  }
}

/**
 * One connection, beside whatever else is connected; the database is made if there is none.
 * @throws DtmError `cannot-write`
 */
export async function openSqliteConnection(folder: string, purpose: 'read' | 'write'): Promise<Kysely<Database>> {
  const file = databaseFile(folder);
  try {
    const dialect =
      purpose === 'write' ? nodeSqliteDialect(openWriter(file)) : nodeSqliteDialect(openReader(file), 'begin');
    const db = new Kysely<Database>({ dialect });
    // Kysely closes a connection only if it was used.
    await sql`select 1`.execute(db);
    chmodSync(file, 0o600);
    return db;
  } catch (error) {
    throw cannotUseFolder(folder, error);
  }
}

async function openDatabase(file: string, unlock: () => void): Promise<Store> {
  const writer = new Kysely<Database>({ dialect: nodeSqliteDialect(openWriter(file)) });
  try {
    await migrate(writer);
    chmodSync(file, 0o600);
    const identity = await writer.transaction().execute(readIdentity);
    const reader = new Kysely<Database>({ dialect: nodeSqliteDialect(openReader(file), 'begin') });
    const ping = async () => void (await sql`select 1`.execute(reader));
    // Kysely closes a connection only if it was used.
    await ping();
    return {
      engine: 'sqlite',
      identity,
      read: (work) => tellable(reader.transaction().execute((db) => work(transactionOver(db)))),
      write: (work) => tellable(writer.transaction().execute((db) => work(transactionOver(db)))),
      ping,
      close: async () => {
        await reader.destroy();
        await writer.destroy();
        unlock();
      },
    };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}
