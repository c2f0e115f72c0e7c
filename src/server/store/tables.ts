import { type Kysely, sql } from 'kysely';
import { isPostgres } from './engine.ts';
import type { Database } from './schema.ts';

/** Every table; one that another refers to comes before it. */
const tables: Readonly<Record<keyof Database, true>> = {
  meta: true,
  users: true,
  sessions: true,
  refresh_tokens: true,
  personal_tokens: true,
  login_attempts: true,
  projects: true,
  sprints: true,
  tasks: true,
  memberships: true,
  search_words: true,
  tombstones: true,
  changes: true,
  operations: true,
  audit: true,
  sprint_history: true,
  stored_answers: true,
};

const bookkeeping = ['kysely_migration', 'kysely_migration_lock'];

/** Our tables that a database has, in that order, with their columns; an older database has not all of them. */
export async function tablesOf(db: Kysely<Database>): Promise<ReadonlyMap<string, readonly string[]>> {
  const schema = isPostgres(db) ? await currentSchema(db) : undefined;
  const found = await db.introspection.getTables();
  const own = found.filter((table) => table.schema === schema);
  const columnsOf = (name: string) => own.find((table) => table.name === name)?.columns.map((column) => column.name);
  return new Map(
    Object.keys(tables).flatMap((name) => {
      const columns = columnsOf(name);
      return columns ? [[name, columns] as const] : [];
    }),
  );
}

/** Removes our tables and the record of their migrations. */
export async function dropTables(db: Kysely<Database>): Promise<void> {
  for (const name of [...bookkeeping, ...Object.keys(tables).reverse()]) {
    await db.schema.dropTable(name).ifExists().execute();
  }
}

async function currentSchema(db: Kysely<Database>): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  return rows[0]?.name;
}
