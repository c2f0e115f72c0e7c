import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import Cursor from 'pg-cursor';
import type { Database } from './schema.ts';

const int8 = 20;

/** Feed numbers and counts stay far below 2^53, so they are numbers in every engine. */
const parsers: PoolConfig['types'] = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : types.getTypeParser(oid, format as 'text'),
} as PoolConfig['types'];

const timeouts: PoolConfig = {
  /** For a place in the pool or for the network, whichever is missing. */
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 15_000,
  /** A process that stands still in the middle of a transaction must not hold up the others for ever. */
  idle_in_transaction_session_timeout: 30_000,
  /** Where the database's machine is gone without a word, only we can notice. */
  query_timeout: 40_000,
  keepAlive: true,
};

/**
 * Connections to a PostgreSQL database, made when they are needed; one that broke is replaced.
 * @param size how many at most
 * @param patient whether statements may take as long as they need (migrations)
 */
export function connectPostgres(url: string, size: number, patient = false): Kysely<Database> {
  const pool = new Pool({
    // What a patient one holds, such as a lock of its session, it holds until it is closed.
    ...(patient ? { idleTimeoutMillis: 0 } : timeouts),
    connectionString: url,
    max: size,
    application_name: 'dtm-server',
    ...(parsers === undefined ? {} : { types: parsers }),
  });
  // The pool drops connections that break while idle; those that break in use fail their query, which tells.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) });
}

function ignore(): void {}

/**
 * Lets one transaction at a time write, over all processes on this database (and schema); freed by commit, rollback or
 * the end of the connection.
 *
 * The lock is taken before anything is read and given back after the commit is visible, so changes are numbered in the
 * order in which they are committed: a reader that has seen number n has seen, or can see, every smaller one. Nothing
 * less does: a sequence hands numbers out before the commit, so a reader may pass over one that is still on its way;
 * reading only below the oldest running transaction (`pg_snapshot_xmin`) skips nothing, but gives the versions of one
 * entity in the order in which transactions began, not in which they wrote, and stands still behind any long
 * transaction of the whole server. It also makes rules over several entities (no cycle, nothing in a deleted project)
 * hold without serialisation failures. Serialisable isolation instead of it was measured with 16 writers in two processes
 * on two cores: 1.6 to 1.8 repeats for each transaction against none, and no more transactions per second.
 */
export async function takeWriteLock(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('dtm:' || current_schema(), 0))`.execute(db);
}

/** Runs `work` in a transaction that may write, alone; it sees what was committed before it began. */
export function inWriteTransaction<T>(
  writer: Kysely<Database>,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const transaction = writer.transaction().setIsolationLevel('read committed');
  return transaction.execute(async (db) => {
    await takeWriteLock(db);
    return work(db);
  });
}

/** Names the lock of {@link tryServiceLock}. */
export const serviceLock = "hashtextextended('dtm-service:' || current_schema(), 0)";

/**
 * Every server process holds this lock, shared; who exchanges the whole data must hold it alone. It belongs to a
 * connection, and ends with it.
 */
export async function tryServiceLock(db: Kysely<Database>, mode: 'shared' | 'alone'): Promise<boolean> {
  const take = mode === 'alone' ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared';
  const { rows } = await sql<{ taken: boolean }>`select ${sql.raw(`${take}(${serviceLock})`)} as taken`.execute(db);
  return rows[0]?.taken === true;
}
