import { type Kysely, type Migration, type MigrationResultSet, Migrator, sql } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import { isPostgres } from './engine.ts';
import { migrations } from './migrations.ts';
import type { Database } from './schema.ts';

type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the database to the schema of this version.
 * @param known every migration of this version; a test gives fewer to make an older database
 * @returns the migrations that were run
 * @throws DtmError `incompatible` if a newer version of the server has already changed it
 */
export async function migrate(db: Kysely<Database>, known: Migrations = migrations): Promise<readonly string[]> {
  await refuseNewer(db, known);
  return resultOf(await migratorOf(db, known).migrateToLatest());
}

/**
 * The same within a transaction that is already open on the one connection of `db`.
 * @param last the migration to stop after; undefined: the newest
 */
export async function migrateWithin(db: Kysely<Database>, last?: string): Promise<void> {
  const migrator = migratorOf(db, migrations, true);
  resultOf(await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last)));
}

/**
 * The migrations of this version that the database has not seen, in order.
 * @throws DtmError `incompatible` if a newer version of the server has already changed it
 */
export async function pendingMigrations(db: Kysely<Database>): Promise<readonly string[]> {
  const done = new Set(await doneMigrations(db));
  await refuseNewer(db, migrations);
  return Object.keys(migrations).filter((name) => !done.has(name));
}

/** The migrations that the database has seen, in order; none if it is not one of ours yet. */
export async function doneMigrations(db: Kysely<Database>): Promise<readonly string[]> {
  if (!(await isMigrated(db))) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}

function migratorOf(db: Kysely<Database>, known: Migrations, disableTransactions = false): Migrator {
  const ordered = Object.entries(known).map(([name, migration]) => [name, ordering(migration)] as const);
  const provider = { getMigrations: async () => Object.fromEntries(ordered) };
  return new Migrator({ db, provider, disableTransactions });
}

function resultOf({ error, results = [] }: MigrationResultSet): readonly string[] {
  if (error) throw error;
  return results.map((result) => result.migrationName);
}

/** @throws DtmError `incompatible` */
async function refuseNewer(db: Kysely<Database>, known: object): Promise<void> {
  const unknown = (await doneMigrations(db)).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  throw new DtmError('incompatible', `the database was written by a newer DTM server (it has ${unknown.join(', ')})`, {
    hint: 'Update DTM and start again, or choose another data folder (DTM_DATA_DIR) or database (DTM_DATABASE_URL); nothing was changed.',
  });
}

async function isMigrated(db: Kysely<Database>): Promise<boolean> {
  const query = isPostgres(db)
    ? sql`select 1 where to_regclass('kysely_migration') is not null`
    : sql`select 1 from sqlite_master where name = 'kysely_migration'`;
  return (await query.execute(db)).rows.length > 0;
}

/** A migration after which text is ordered by code point, as SQLite does it by itself. */
function ordering(migration: Migration): Migration {
  return {
    up: async (db) => {
      await migration.up(db);
      if (isPostgres(db)) await orderTextByCodePoint(db);
    },
  };
}

/**
 * PostgreSQL orders text by the language of the database unless a column says otherwise. On a new table this costs
 * nothing; it is done here so that no migration can forget it.
 */
async function orderTextByCodePoint(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ table_name: string; column_name: string }>`
    select c.table_name, c.column_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type = 'text'
      and c.collation_name is distinct from 'C'`.execute(db);
  for (const { table_name, column_name } of rows) {
    const column = sql.id(column_name);
    await sql`alter table ${sql.table(table_name)} alter column ${column} type text collate "C"`.execute(db);
  }
}
