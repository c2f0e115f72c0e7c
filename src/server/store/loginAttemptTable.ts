import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** How many times of one name are kept: more would not make anybody wait longer. */
const mostKept = 100;

/**
 * Failed sign-ins, by name and address. An empty address stands for the name as a whole. Names are stored as hashes,
 * since what is typed there by mistake may be a password.
 */
export class LoginAttemptTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /**
   * When sign-ins failed, oldest first.
   * @param since RFC 3339; what was before counts no more
   */
  async failures(username: string, address: string, since: string): Promise<readonly string[]> {
    const query = this.#db.selectFrom('login_attempts').select('failures').where('name_key', '=', keyOf(username));
    const row = await query.where('address', '=', address).executeTakeFirst();
    return row ? read(row.failures, since) : [];
  }

  /** Like {@link failures}, and nobody else reads or changes them until this transaction ends. */
  async lock(username: string, address: string, since: string): Promise<readonly string[]> {
    const row = { name_key: keyOf(username), address, failures: '[]', last_at: since };
    const { failures } = await this.#db
      .insertInto('login_attempts')
      .values(row)
      // An update that changes nothing: it takes the lock of the row and tells what is in it.
      .onConflict((conflict) => conflict.columns(['name_key', 'address']).doUpdateSet({ address }))
      .returning('failures')
      .executeTakeFirstOrThrow();
    return read(failures, since);
  }

  async add(username: string, address: string, failures: readonly string[], at: string): Promise<void> {
    const kept = JSON.stringify([...failures, at].slice(-mostKept));
    const query = this.#db.updateTable('login_attempts').set({ failures: kept, last_at: at });
    await query.where('name_key', '=', keyOf(username)).where('address', '=', address).execute();
  }

  async forget(username: string, address: string): Promise<void> {
    const query = this.#db.deleteFrom('login_attempts').where('name_key', '=', keyOf(username));
    await query.where('address', '=', address).execute();
  }

  /** Removes those without a failure since a moment. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('login_attempts').where('last_at', '<', before).execute();
  }
}

function keyOf(username: string): string {
  return createHash('sha256').update(username).digest('base64url');
}

function read(failures: string, since: string): readonly string[] {
  return (JSON.parse(failures) as string[]).filter((at) => at > since);
}
