import { chmodSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import { isDtmError } from '../../core/errors.ts';
import { cannotUseFolder, databaseFile, makeFolder } from './dataFolder.ts';
import { lockFolder } from './folderLock.ts';
import { readIdentity } from './identity.ts';
import { migrate } from './migrate.ts';
import { neverWait, nodeSqliteDialect, openReader, openWriter } from './nodeSqlite.ts';
import type { Database } from './schema.ts';
import { isFailingDisk, tellable } from './sqliteErrors.ts';
import { SqliteFiles } from './sqliteFiles.ts';
import type { Store, StoreIdentity } from './store.ts';
import { transactionOver } from './transaction.ts';
import { WriteLock } from './writeLock.ts';
import { WriteTrouble } from './writeTrouble.ts';

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
  const connection = openWriter(file);
  const writer = new Kysely<Database>({ dialect: nodeSqliteDialect(connection) });
  try {
    await migrate(writer);
    chmodSync(file, 0o600);
    const identity = await writer.transaction().execute(readIdentity);
    const reader = new Kysely<Database>({ dialect: nodeSqliteDialect(openReader(file), 'begin') });
    // Kysely closes a connection only if it was used.
    await sql`select 1`.execute(reader);
    neverWait(connection);
    return storeOver(identity, { file, writer, reader, unlock });
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

interface Opened {
  readonly file: string;
  readonly writer: Kysely<Database>;
  readonly reader: Kysely<Database>;
  readonly unlock: () => void;
}

function storeOver(identity: StoreIdentity, { file, writer, reader, unlock }: Opened): Store {
  const files = new SqliteFiles(file);
  const trouble = new WriteTrouble(isFailingDisk);
  const lock = new WriteLock(file);
  const write: Store['write'] = async (work) => {
    files.requireInPlace();
    const transaction = () => writer.transaction().execute((db) => work(transactionOver(db)));
    return tellable(trouble.watch(() => lock.taking(transaction)));
  };
  return {
    engine: 'sqlite',
    identity,
    read: (work) => tellable(reader.transaction().execute((db) => work(transactionOver(db)))),
    write,
    check: async () => {
      if (!files.areInPlace() || !(await answers(reader))) return 'unhealthy';
      return trouble.isTroubled || !lock.isFree() ? 'degraded' : 'healthy';
    },
    close: async () => {
      lock.close();
      await reader.destroy();
      await writer.destroy();
      unlock();
    },
  };
}

/** Whether the database can be read: the first page at least, on which its version stands. */
async function answers(reader: Kysely<Database>): Promise<boolean> {
  return sql`pragma schema_version`.execute(reader).then(
    () => true,
    () => false,
  );
}
