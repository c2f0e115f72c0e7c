import type { Kysely, Migration } from 'kysely';

/** What requests with an `Idempotency-Key` were answered. */
export const storedAnswers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('stored_answers')
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('status', 'integer', (column) => column.notNull())
      .addColumn('headers', 'text', (column) => column.notNull())
      .addColumn('body', 'text')
      .addColumn('at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('stored_answers_key', ['account', 'key'])
      .execute();
    await db.schema.createIndex('stored_answers_by_at').on('stored_answers').columns(['at']).execute();
  },
};
