import type { Kysely, Migration } from 'kysely';

/** Personal access tokens, and accounts that are switched off. */
export const personalTokens: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('personal_tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('personal_tokens_by_user_id').on('personal_tokens').columns(['user_id']).execute();
    await db.schema.alterTable('users').addColumn('disabled_at', 'text').execute();
  },
};
