import { setTimeout } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { readIdentity } from './identity.ts';
import { migrate } from './migrate.ts';
import { isCollision, outageOf, sqlState, takesNoWrites, tellable, unavailable } from './postgresErrors.ts';
import { commitChannel, PostgresListener } from './postgresListener.ts';
import { connectPostgres, inWriteTransaction, tryServiceLock } from './postgresPool.ts';
import type { Database } from './schema.ts';
import type { Store, StoreIdentity, Transaction } from './store.ts';
import { transactionOver } from './transaction.ts';
import { WriteTrouble } from './writeTrouble.ts';

/** One writes and one waits for the write lock; more would only wait. Readers never wait for writers. */
const writerConnections = 2;
const readerConnections = 8;
const mostAttempts = 5;
const pingTimeoutMs = 3_000;

/**
 * Opens the store in a PostgreSQL database, makes or migrates the tables. Any number of processes may use one database.
 * @param url `postgres://user:password@host:port/database`
 * @throws DtmError `unavailable` (not reachable), `configuration` (refused or unsuitable), `incompatible` (newer)
 */
export async function openPostgresStore(url: string): Promise<Store> {
  const owner = connectPostgres(url, 1, true);
  const writer = connectPostgres(url, writerConnections);
  try {
    const identity = await prepare(owner, writer);
    const listener = new PostgresListener(url, identity.epoch);
    // Until it holds the service lock, the owner does.
    await listener.ready.catch(async (error: unknown) => {
      await listener.close();
      throw error;
    });
    return storeOver(url, identity, writer, listener);
  } catch (error) {
    await writer.destroy();
    throw isDtmError(error) ? error : cannotOpen(url, error);
  } finally {
    await owner.destroy();
  }
}

/**
 * One connection, whose statements may take as long as they need.
 * @throws DtmError `unavailable` (not reachable), `configuration` (refused or unsuitable)
 */
export async function openPostgresConnection(url: string): Promise<Kysely<Database>> {
  const db = connectPostgres(url, 1, true);
  try {
    await requireUtf8(db);
    return db;
  } catch (error) {
    await db.destroy();
    throw isDtmError(error) ? error : cannotOpen(url, error);
  }
}

async function prepare(owner: Kysely<Database>, writer: Kysely<Database>): Promise<StoreIdentity> {
  await requireUtf8(owner);
  if (!(await tryServiceLock(owner, 'shared'))) throw beingReplaced();
  await migrate(owner);
  return inWriteTransaction(writer, readIdentity);
}

function beingReplaced(): DtmError {
  return new DtmError('unavailable', 'a backup is being restored into this database', {
    hint: 'Start the server again when that is done.',
  });
}

async function requireUtf8(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new DtmError('configuration', `the database keeps text as ${encoding}, which cannot hold every character`, {
    hint: "Create a database with ENCODING 'UTF8' and name it in DTM_DATABASE_URL.",
  });
}

function storeOver(url: string, identity: StoreIdentity, writer: Kysely<Database>, listener: PostgresListener): Store {
  const reader = connectPostgres(url, readerConnections);
  const trouble = new WriteTrouble(takesNoWrites);
  const snapshot = reader.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return {
    engine: 'postgresql',
    identity,
    read: (work) => tellable(snapshot.execute((db) => work(transactionOver(db)))),
    write: (work) =>
      tellable(trouble.watch(() => repeating(() => inWriteTransaction(writer, (db) => announced(db, work))))),
    check: async () => {
      if (!(await answers(reader))) return 'unhealthy';
      return trouble.isTroubled ? 'degraded' : 'healthy';
    },
    elsewhere: listener,
    close: async () => {
      await listener.close();
      await reader.destroy();
      await writer.destroy();
    },
  };
}

/** Tells the other processes about changes; PostgreSQL delivers it when they are committed. */
async function announced<T>(db: Kysely<Database>, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = transactionOver(db);
  const result = await work(tx);
  if (tx.feed.hasAppended) await sql`select pg_notify(${commitChannel}, '')`.execute(db);
  return result;
}

/** Our own writers never collide, thanks to the lock; other programs on the same tables may. */
async function repeating<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (count === mostAttempts || !isCollision(error)) throw error;
      await setTimeout(Math.random() * 10 * 2 ** count);
    }
  }
}

/** Whether the database answers in time. */
async function answers(db: Kysely<Database>): Promise<boolean> {
  const timeout = new AbortController();
  const late = setTimeout(pingTimeoutMs, false, { signal: timeout.signal }).catch(() => false);
  const answered = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    timeout.abort();
  }
}

function cannotOpen(url: string, cause: unknown): DtmError {
  const place = placeOf(url);
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (outageOf(cause) !== undefined) return unavailable(`the database ${place} cannot be reached: ${reason}`, cause);
  const hint = 'Check name, password, database and rights in DTM_DATABASE_URL (--database-url).';
  const state = sqlState(cause);
  return new DtmError('configuration', `the database ${place} cannot be used (${state ?? 'no code'}): ${reason}`, {
    hint,
    cause,
  });
}

/** Where a database is, without the password. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1))} on ${hostname}${port === '' ? '' : `:${port}`}`;
}
