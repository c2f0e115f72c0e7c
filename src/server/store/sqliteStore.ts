import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { DtmError, isDtmError } from '../../core/errors.ts';
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
    return await openDatabase(join(folder, 'dtm.sqlite'), unlock);
  } catch (error) {
    unlock();
    throw isDtmError(error) ? error : cannotOpen(folder, error);
  }
}

async function openDatabase(file: string, unlock: () => void): Promise<Store> {
  const connection = openWriter(file);
  const writer = new Kysely<Database>({ dialect: nodeSqliteDialect(connection) });
  try {
    await migrate(writer);
    chmodSync(file, 0o600);
    const identity = await writer.transaction().execute(readIdentity);
    const reader = new Kysely<Database>({ dialect: nodeSqliteDialect(openReader(file), true) });
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

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotOpen(folder, error);
  }
}

function cannotOpen(folder: string, cause: unknown): DtmError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DtmError('cannot-write', `the data folder ${folder} cannot be used: ${reason}`, {
    hint: 'Check that it exists, is writable and not full, or choose another one with DTM_DATA_DIR (--data-dir).',
    cause,
  });
}
