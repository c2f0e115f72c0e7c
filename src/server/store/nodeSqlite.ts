import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Dialect, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/**
 * Kysely's SQLite dialect over `node:sqlite`, whose statements are kept prepared.
 * @param begin how a transaction begins. One that writes takes the lock at once and waits for it: an administrator's
 * command may write beside the server, and a transaction that has read first cannot wait, it fails
 */
export function nodeSqliteDialect(
  database: DatabaseSync,
  begin: 'begin' | 'begin immediate' = 'begin immediate',
): Dialect {
  const dialect = new SqliteDialect({ database: adapt(database, begin) });
  return {
    createAdapter: () => new TransactionalDdlAdapter(),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/** SQLite can roll back DDL: a process that dies in a migration leaves nothing half-made. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** 16 MB of pages for each connection; SQLite's own 2 MB hold no index of a large tracker. */
const cache = 'PRAGMA cache_size=-16000;';

/**
 * Opens the connection that writes. `synchronous=FULL`: a commit is on disk when it returns. `secure_delete=FAST`: what
 * is removed is overwritten where that costs nothing; the keys of a restored backup, for one, pass through this file.
 * @throws Error of SQLite if the file cannot be opened or is not a database
 */
export function openWriter(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;');
  // Four times SQLite's own interval: pages that are written again and again reach the main file less often.
  database.exec(`PRAGMA wal_autocheckpoint=4000; PRAGMA secure_delete=FAST; ${cache}`);
  return database;
}

/** Opens a connection that reads beside the writer, and cannot write. */
export function openReader(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout=5000; PRAGMA query_only=ON; ${cache}`);
  return database;
}

/** From now on a connection that meets a lock says so at once: SQLite's own waiting stops the whole process. */
export function neverWait(database: DatabaseSync): void {
  database.exec('PRAGMA busy_timeout=0;');
}

const statementCacheSize = 500;

function adapt(database: DatabaseSync, begin: string): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  const prepare = (given: string): SqliteStatement => {
    const sql = given === 'begin' ? begin : given;
    const statement = cache.get(sql) ?? adaptStatement(sql, database.prepare(sql));
    cache.delete(sql);
    cache.set(sql, statement);
    const oldest = cache.keys().next().value;
    if (cache.size > statementCacheSize && oldest !== undefined) cache.delete(oldest);
    return statement;
  };
  return { prepare, close: () => database.close() };
}

type Parameters = (string | number | bigint | null | Uint8Array)[];

function adaptStatement(sql: string, statement: StatementSync): SqliteStatement {
  return {
    // Node 22.13 has no StatementSync.columns(); the SQL is our own, so its first word tells.
    reader: /^\s*(select|with|pragma|explain)\b/i.test(sql) || /\breturning\b/i.test(sql),
    all: (parameters) => statement.all(...(parameters as Parameters)),
    run: (parameters) => (sql === 'rollback' ? rollBack(statement) : statement.run(...(parameters as Parameters))),
    iterate: (parameters) => statement.iterate(...(parameters as Parameters)) as IterableIterator<unknown>,
  };
}

/**
 * SQLite rolls back by itself when the disk is full or fails; then there is nothing left to roll back, and saying so
 * would hide the reason.
 */
function rollBack(statement: StatementSync): ReturnType<SqliteStatement['run']> {
  try {
    return statement.run();
  } catch (error) {
    if (error instanceof Error && /no transaction is active/.test(error.message)) {
      return { changes: 0, lastInsertRowid: 0 };
    }
    throw error;
  }
}
