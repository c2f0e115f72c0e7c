import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import { isPostgres } from './engine.ts';
import { migrations } from './migrations.ts';
import type { Database } from './schema.ts';

/**
 * Brings the database to the schema of this version.
 * @param known every migration of this version; a test gives fewer to make an older database
 * @throws DtmError `incompatible` if a newer version of the server has already changed it
 */
export async function migrate(
  db: Kysely<Database>,
  known: Readonly<Record<string, Migration>> = migrations,
): Promise<void> {
  await refuseNewer(db, known);
  const ordered = Object.entries(known).map(([name, migration]) => [name, ordering(migration)] as const);
  const provider = { getMigrations: async () => Object.fromEntries(ordered) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
}

async function refuseNewer(db: Kysely<Database>, known: object): Promise<void> {
  if (!(await isMigrated(db))) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !Object.hasOwn(known, name));
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
