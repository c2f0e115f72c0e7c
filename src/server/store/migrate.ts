import { type Kysely, Migrator, sql } from 'kysely';
import { DtmError } from '../../core/errors.ts';
import { migrations } from './migrations.ts';
import type { Database } from './schema.ts';

/**
 * Brings the database to the schema of this version.
 * @throws DtmError `incompatible` if a newer version of the server has already changed it
 */
export async function migrate(db: Kysely<Database>): Promise<void> {
  await refuseNewer(db);
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
}

async function refuseNewer(db: Kysely<Database>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return;
  throw new DtmError('incompatible', `the database was written by a newer DTM server (it has ${unknown.join(', ')})`, {
    hint: 'Update DTM and start again, or choose another data folder with DTM_DATA_DIR; nothing was changed.',
  });
}
