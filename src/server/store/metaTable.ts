import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** A few named texts about the database as a whole, the same for every process that uses it. */
export class MetaTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async find(key: string): Promise<string | null> {
    const row = await this.#db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
    return row?.value ?? null;
  }

  async set(key: string, value: string): Promise<void> {
    const insert = this.#db.insertInto('meta').values({ key, value });
    await insert.onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute();
  }

  async remove(key: string): Promise<void> {
    await this.#db.deleteFrom('meta').where('key', '=', key).execute();
  }
}
