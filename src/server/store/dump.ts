import type { Kysely } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import type { Value } from '../backup/format.ts';
import type { DatabaseConnection } from './existingDatabase.ts';
import { FeedTable } from './feedTable.ts';
import { MetaTable } from './metaTable.ts';
import { doneMigrations, pendingMigrations } from './migrate.ts';
import type { Database } from './schema.ts';
import type { StoreIdentity } from './store.ts';
import { tablesOf } from './tables.ts';

/** A database as it stood at one moment. */
export interface Dump {
  /** The last migration that it has seen. */
  readonly schema: string;
  readonly identity: StoreIdentity;
  /** The number of the newest change. */
  readonly head: number;
  /**
   * Every table, as the lines of a backup; a few rows are in memory at a time.
   * @param count called with the number of rows of each line
   */
  lines(count: (table: string, rows: number) => void): AsyncGenerator<string>;
}

/**
 * Reads a database in one transaction, which neither waits for writers nor holds them up.
 * @param secrets the keys of a server that keeps them beside its database; undefined: they are in it
 * @returns what `use` gives; undefined if the database is not one of ours yet
 * @throws DtmError `incompatible` if a newer server has changed it
 */
export async function dumping<T>(
  { db, engine }: DatabaseConnection,
  secrets: string | undefined,
  use: (dump: Dump) => Promise<T>,
): Promise<T | undefined> {
  const transaction = db.transaction();
  const snapshot =
    engine === 'postgresql' ? transaction.setIsolationLevel('repeatable read').setAccessMode('read only') : transaction;
  return snapshot.execute(async (tx) => {
    await pendingMigrations(tx);
    const schema = (await doneMigrations(tx)).at(-1);
    const identity = await knownIdentity(tx);
    if (schema === undefined || !identity) return undefined;
    const lines: Dump['lines'] = (count) => linesOf(tx, secrets, count);
    return use({ schema, identity, head: await new FeedTable(tx).head(), lines });
  });
}

/** Who a database is; undefined if no server has ever started on it. */
async function knownIdentity(db: Kysely<Database>): Promise<StoreIdentity | undefined> {
  if (!(await tablesOf(db)).has('meta')) return undefined;
  const meta = new MetaTable(db);
  const [serverId, datasetId] = [await meta.find('server_id'), await meta.find('dataset_id')];
  if (serverId === null || datasetId === null) return undefined;
  return { serverId, datasetId, epoch: Number((await meta.find('epoch')) ?? 1) };
}

async function* linesOf(
  db: Kysely<Database>,
  secrets: string | undefined,
  count: (table: string, rows: number) => void,
): AsyncGenerator<string> {
  for (const [table, columns] of await tablesOf(db)) {
    yield JSON.stringify({ table, columns });
    count(table, 0);
    for await (const rows of batched(rowsOf(db, table, columns, secrets))) {
      count(table, rows.length);
      yield `{"rows":[${rows.join(',')}]}`;
    }
  }
}

type Rows = Readonly<Record<string, Record<string, unknown>>>;
const rowsAtOnce = 500;

/** Each row as JSON, in the order of the columns. */
async function* rowsOf(
  db: Kysely<Database>,
  table: string,
  columns: readonly string[],
  secrets: string | undefined,
): AsyncGenerator<string> {
  // Which tables there are is known only now.
  const query = (db as unknown as Kysely<Rows>).selectFrom(table).select(columns);
  for await (const row of query.stream(rowsAtOnce))
    yield JSON.stringify(columns.map((column) => portable(row[column])));
  if (table === 'meta' && secrets !== undefined && (await new MetaTable(db).find('secrets')) === null) {
    const row: Readonly<Record<string, string>> = { key: 'secrets', value: secrets };
    yield JSON.stringify(columns.map((column) => row[column] ?? null));
  }
}

function portable(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new DtmError('internal', `the database holds a value of the type ${typeof value}`);
}

const batchLength = 256 * 1024;

async function* batched(rows: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  let length = 0;
  for await (const row of rows) {
    batch.push(row);
    length += row.length;
    if (batch.length < rowsAtOnce && length < batchLength) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}
