import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import type { BackupPart, Value } from '../backup/format.ts';
import type { OpenBackup } from '../backup/readBackup.ts';
import { isPostgres } from './engine.ts';
import type { DatabaseConnection } from './existingDatabase.ts';
import { FeedTable } from './feedTable.ts';
import { MetaTable } from './metaTable.ts';
import { migrateWithin, pendingMigrations } from './migrate.ts';
import { migrations } from './migrations.ts';
import type { Database } from './schema.ts';
import { dropTables, tablesOf } from './tables.ts';

/**
 * Puts the data of a backup in the place of everything that a database holds, in one transaction: whenever it ends
 * early, the database is as it was. The tables are made as they were in the backup and then migrated, as a server of
 * this version would have done it.
 *
 * Clients must neither take what the backup does not know for deleted, nor go on reading where they were: the epoch
 * becomes one that was never used (it grows beyond the seconds since 1970, so that this holds even where the replaced
 * database is lost), and numbers of changes go on far beyond any that may have been given since the backup, which are
 * remembered as forgotten.
 * @returns the new epoch
 * @throws DtmError `incompatible`, `damaged-file`, `unavailable`; nothing was changed then
 */
export async function replaceData({ db }: DatabaseConnection, { header, parts }: OpenBackup): Promise<number> {
  refuseNewerSchema(header.schema);
  return db.connection().execute((connection) => {
    return inTransaction(connection, async () => {
      const replaced = await stateOf(connection);
      await dropTables(connection);
      await migrateWithin(connection, header.schema);
      await load(connection, parts);
      await migrateWithin(connection);
      const epoch = Math.max(header.epoch + 1, replaced.epoch + 1, Math.floor(Date.now() / 1_000));
      await new MetaTable(connection).set('epoch', String(epoch));
      await skipNumbers(connection, replaced.head);
      return epoch;
    });
  });
}

async function inTransaction<T>(connection: Kysely<Database>, work: () => Promise<T>): Promise<T> {
  await sql`begin`.execute(connection);
  try {
    if (isPostgres(connection)) {
      const { takeWriteLock } = await import('./postgresPool.ts');
      await takeWriteLock(connection);
    }
    const result = await work();
    await sql`commit`.execute(connection);
    return result;
  } catch (error) {
    await sql`rollback`.execute(connection);
    throw error;
  }
}

interface State {
  readonly epoch: number;
  readonly head: number;
}

/** @throws DtmError `incompatible` if a newer server has changed the database */
async function stateOf(db: Kysely<Database>): Promise<State> {
  await pendingMigrations(db);
  const tables = await tablesOf(db);
  if (!tables.has('meta') || !tables.has('changes')) return { epoch: 0, head: 0 };
  return { epoch: Number((await new MetaTable(db).find('epoch')) ?? 0), head: await new FeedTable(db).head() };
}

async function load(db: Kysely<Database>, parts: AsyncIterable<BackupPart>): Promise<void> {
  const missing = new Map(await tablesOf(db));
  let insert: Insert | undefined;
  for await (const part of parts) {
    if (part.kind === 'rows') {
      await insert?.(part.rows);
      continue;
    }
    const { table, columns } = part;
    if ([...(missing.get(table) ?? [])].sort().join() !== [...columns].sort().join()) throw unfit(table);
    missing.delete(table);
    insert = inserting(db, table, columns);
  }
  const [left] = missing.keys();
  if (left !== undefined) throw unfit(left);
}

type Insert = (rows: readonly (readonly Value[])[]) => Promise<void>;

function inserting(db: Kysely<Database>, table: string, columns: readonly string[]): Insert {
  const into = sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})`;
  return isPostgres(db) ? insertingJson(db, into, table, columns) : insertingValues(db, into.compile(db).sql, columns);
}

/** One parameter for all rows: PostgreSQL takes thousands of them several times as long to read. */
function insertingJson(
  db: Kysely<Database>,
  into: RawBuilder<unknown>,
  table: string,
  columns: readonly string[],
): Insert {
  const names = sql.join(columns.map((column) => sql.ref(column)));
  return async (rows) => {
    const json = JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
    );
    // Numbers of changes are made by the database unless it is told otherwise.
    await sql`${into} overriding system value
      select ${names} from json_populate_recordset(null::${sql.table(table)}, ${json}::json)`.execute(db);
  };
}

const rowsAtOnce = 100;

/** Statements of a fixed number of rows, so that each is compiled once. */
function insertingValues(db: Kysely<Database>, into: string, columns: readonly string[]): Insert {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const statement = (count: number): string => `${into} values ${Array<string>(count).fill(row).join(', ')}`;
  const full = statement(rowsAtOnce);
  return async (rows) => {
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const some = rows.slice(from, from + rowsAtOnce);
      const text = some.length === rowsAtOnce ? full : statement(some.length);
      await db.executeQuery(CompiledQuery.raw(text, some.flat()));
    }
  };
}

/** Far more than a server can have given since the backup was made. */
const skipped = 1_000_000_000;

/** Goes on with numbers beyond every one that a client may know, and remembers which were left out. */
async function skipNumbers(db: Kysely<Database>, replacedHead: number): Promise<void> {
  const feed = new FeedTable(db);
  const head = await feed.head();
  const last = Math.max(head, replacedHead) + skipped;
  await feed.forgetBetween(head, last);
  if (isPostgres(db)) {
    await sql`alter table changes alter column seq restart with ${sql.lit(last + 1)}`.execute(db);
    return;
  }
  await sql`delete from sqlite_sequence where name = 'changes'`.execute(db);
  await sql`insert into sqlite_sequence (name, seq) values ('changes', ${last})`.execute(db);
}

/** @throws DtmError `incompatible` */
export function refuseNewerSchema(schema: string): void {
  if (Object.hasOwn(migrations, schema)) return;
  throw new DtmError('incompatible', `the backup was made by a newer DTM server (it has ${schema})`, {
    hint: 'Update DTM and restore it then; nothing was changed.',
  });
}

function unfit(table: string): DtmError {
  return new DtmError('damaged-file', `the backup does not hold the table ${table} as its schema has it`, {
    hint: 'Take another backup file; nothing was changed.',
  });
}
