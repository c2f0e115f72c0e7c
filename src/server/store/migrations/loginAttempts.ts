import type { Kysely, Migration } from 'kysely';

/** Who failed to sign in lately: one row per name and address, and one per name with an empty address. */
export const loginAttempts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('login_attempts')
      .addColumn('name_key', 'text', (column) => column.notNull())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('failures', 'text', (column) => column.notNull())
      .addColumn('last_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('login_attempts_key', ['name_key', 'address'])
      .execute();
    await db.schema.createIndex('login_attempts_by_last_at').on('login_attempts').columns(['last_at']).execute();
  },
};
