import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { newEntity } from '../../src/core/draft.ts';
import { EntityTable } from '../../src/server/store/entityTable.ts';
import { migrate } from '../../src/server/store/migrate.ts';
import { migrations } from '../../src/server/store/migrations.ts';
import { nodeSqliteDialect, openWriter } from '../../src/server/store/nodeSqlite.ts';
import { connectPostgres } from '../../src/server/store/postgresPool.ts';
import type { Database } from '../../src/server/store/schema.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { rejectsWith } from '../support/rejects.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { makeTestDatabase, type TestDatabase } from '../support/testDatabase.ts';
import { testStore } from '../support/testStore.ts';

const isSqlite = testStore() === 'sqlite';
const names = Object.keys(migrations);
const firstOnes = (count: number) => Object.fromEntries(Object.entries(migrations).slice(0, count));
const at = '2026-01-01T00:00:00.000Z';

describe('migrations', () => {
  const folder = useTemporaryFolder('migrations');
  const open: { db: Kysely<Database>; database: TestDatabase | undefined }[] = [];
  afterEach(async () => {
    for (const { db, database } of open.splice(0)) {
      await db.destroy();
      await database?.drop();
    }
  });

  /** An empty database; on PostgreSQL one whose own order of text is not that of code points. */
  async function emptyDatabase(): Promise<Kysely<Database>> {
    const database = isSqlite
      ? undefined
      : await makeTestDatabase("locale_provider icu icu_locale 'en' template template0");
    const file = join(folder(), `${open.length}.sqlite`);
    const db = database
      ? connectPostgres(database.url, 1, true)
      : new Kysely<Database>({ dialect: nodeSqliteDialect(openWriter(file)) });
    open.push({ db, database });
    return db;
  }

  const schemaOf = async (db: Kysely<Database>) => {
    const tables = await db.introspection.getTables();
    const shapeOf = ({ name, columns }: (typeof tables)[number]) =>
      [name, columns.map((column) => `${column.name} ${column.dataType} ${column.isNullable}`).sort()] as const;
    return Object.fromEntries(tables.map(shapeOf));
  };

  it('are named in the order in which they run', () => {
    assert.deepEqual([...names].sort(), names);
    for (const [index, name] of names.entries()) assert.equal(name.slice(0, 4), String(index + 1).padStart(4, '0'));
  });

  for (const [index, name] of names.entries()) {
    it(`bring a database as ${name} left it to the newest schema, and keep what is in it`, async () => {
      const db = await emptyDatabase();
      await migrate(db, firstOnes(index + 1));
      const task = newEntity('task', 'T-OLD', { projectId: 'P-1', title: 'Old', labels: ['x'] }, at, 'ada');
      await new EntityTable(db).save('task', task, null, 1);
      await migrate(db);
      assert.deepEqual(await new EntityTable(db).find('task', 'T-OLD'), task);
      const fresh = await emptyDatabase();
      await migrate(fresh);
      assert.deepEqual(await schemaOf(db), await schemaOf(fresh));
    });
  }

  it('do nothing to a database that is up to date', async () => {
    const db = await emptyDatabase();
    await migrate(db);
    const before = await schemaOf(db);
    await migrate(db);
    assert.deepEqual(await schemaOf(db), before);
  });

  it('refuse a database that a newer server wrote, and leave it as it is', async () => {
    const db = await emptyDatabase();
    const future = {
      up: (later: Kysely<unknown>) => later.schema.createTable('hoverboards').addColumn('id', 'text').execute(),
    };
    await migrate(db, { ...migrations, '9999_from_the_future': future });
    const before = await schemaOf(db);
    const error = await rejectsWith(migrate(db), 'incompatible');
    assert.match(error.message, /newer DTM server \(it has 9999_from_the_future\)/);
    assert.deepEqual(await schemaOf(db), before);
  });

  it('leave nothing half-made when one fails', async () => {
    const db = await emptyDatabase();
    await migrate(db, firstOnes(1));
    const before = await schemaOf(db);
    const broken = {
      up: async (later: Kysely<unknown>) => {
        await later.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('on purpose');
      },
    };
    await assert.rejects(migrate(db, { ...firstOnes(1), '0002_broken': broken }), /on purpose/);
    assert.deepEqual(await schemaOf(db), before);
    await migrate(db);
  });

  it('order every text by code point, whatever the language of the database', async () => {
    const db = await emptyDatabase();
    await migrate(db);
    const words = ['b', 'A', 'a', 'B', 'é', '\uffee', '𝄞', '_'];
    await db
      .insertInto('search_words')
      .values(words.map((word) => ({ entity_id: 'T-1', word })))
      .execute();
    const rows = await db.selectFrom('search_words').select('word').orderBy('word').execute();
    assert.deepEqual(
      rows.map((row) => row.word),
      ['A', 'B', '_', 'a', 'b', 'é', '\uffee', '𝄞'],
    );
    if (isSqlite) return;
    const other = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = current_schema() and data_type = 'text' and collation_name is distinct from 'C'`.execute(db);
    assert.deepEqual(other.rows, []);
  });

  it('run once when several processes start at the same time', async function () {
    onlyOn(this, ['postgres', 'postgres-two'], 'the embedded database belongs to one process');
    const database = await makeTestDatabase();
    const processes = Array.from({ length: 4 }, () => connectPostgres(database.url, 1, true));
    await Promise.all(processes.map((db) => migrate(db)));
    for (const db of processes) await db.destroy();
    await database.drop();
  });
});
