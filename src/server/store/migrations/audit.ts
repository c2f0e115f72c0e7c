import type { Kysely, Migration } from 'kysely';

/** Who changed what: one row per change, with the number that it has in the feed. */
export const audit: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('entity', 'text', (column) => column.notNull())
      .addColumn('entity_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('surface', 'text', (column) => column.notNull())
      .addColumn('op_id', 'text', (column) => column.notNull())
      .addColumn('request_id', 'text')
      .addColumn('reason', 'text')
      .addColumn('fields', 'text', (column) => column.notNull())
      .execute();
    for (const column of ['entity_id', 'entity', 'actor']) {
      await db.schema.createIndex(`audit_by_${column}_seq`).on('audit').columns([column, 'seq']).execute();
    }
    await db.schema.createIndex('audit_by_at').on('audit').columns(['at']).execute();
  },
};
