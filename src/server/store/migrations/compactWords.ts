import { type Kysely, type Migration, sql } from 'kysely';
import { isPostgres } from '../engine.ts';

/** The tables that are nothing but their key: SQLite need not keep them twice, as rows and as an index of rows. */
const tables = {
  search_words: ['entity_id', 'word'],
  memberships: ['entity_id', 'field', 'word'],
} as const;
/** The other way round, for lists. */
const indexes = {
  search_words: ['word', 'entity_id'],
  memberships: ['field', 'word', 'entity_id'],
} as const;

export const compactWords: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    if (isPostgres(db)) return;
    for (const table of ['search_words', 'memberships'] as const) {
      const columns = sql.join(tables[table].map((name) => sql.id(name)));
      const definitions = sql.join(tables[table].map((name) => sql`${sql.id(name)} text not null`));
      const old = `${table}_with_rowid`;
      await sql`alter table ${sql.table(table)} rename to ${sql.table(old)}`.execute(db);
      await sql`create table ${sql.table(table)} (${definitions}, primary key (${columns})) without rowid`.execute(db);
      await sql`insert into ${sql.table(table)} select ${columns} from ${sql.table(old)}`.execute(db);
      await sql`drop table ${sql.table(old)}`.execute(db);
      const index = db.schema.createIndex(`${table}_by_${indexes[table].join('_')}`).on(table);
      await index.columns([...indexes[table]]).execute();
    }
  },
};
