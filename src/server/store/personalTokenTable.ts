import type { Kysely } from 'kysely';
import type { User } from './accountTable.ts';
import type { Database, PersonalTokenRow } from './schema.ts';

export type PersonalToken = Readonly<Omit<PersonalTokenRow, 'hash'>>;

export interface TokenHolder {
  readonly token: PersonalToken;
  readonly user: User;
}

const columns = ['id', 'user_id', 'name', 'scope', 'created_at', 'expires_at'] as const;

/** Personal access tokens by the hash of each; the tokens themselves are never stored. */
export class PersonalTokenTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async add(token: PersonalToken, hash: string): Promise<void> {
    await this.#db
      .insertInto('personal_tokens')
      .values({ ...token, hash })
      .execute();
  }

  /** A token that has not expired, with its user, unless that one is switched off. */
  findByHash(hash: string, now: string): Promise<TokenHolder | null> {
    return this.#holder('hash', hash, now);
  }

  /** Like {@link findByHash}. */
  find(id: string, now: string): Promise<TokenHolder | null> {
    return this.#holder('id', id, now);
  }

  /** The tokens of a user, oldest first. */
  async ofUser(userId: string): Promise<PersonalToken[]> {
    const query = this.#db.selectFrom('personal_tokens').select(columns).where('user_id', '=', userId);
    return query.orderBy('created_at').orderBy('id').execute();
  }

  /** @returns whether the user had such a token */
  async remove(id: string, userId: string): Promise<boolean> {
    const query = this.#db.deleteFrom('personal_tokens').where('id', '=', id).where('user_id', '=', userId);
    const { numDeletedRows } = await query.executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Removes tokens that expired before a moment. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('personal_tokens').where('expires_at', '<', before).execute();
  }

  async #holder(column: 'hash' | 'id', value: string, now: string): Promise<TokenHolder | null> {
    const query = this.#db.selectFrom('personal_tokens').select(columns).where(column, '=', value);
    const token = await query.where('expires_at', '>', now).executeTakeFirst();
    if (!token) return null;
    const users = this.#db.selectFrom('users').select(['id', 'username', 'role']).where('id', '=', token.user_id);
    const user = await users.where('disabled_at', 'is', null).executeTakeFirst();
    return user ? { token, user } : null;
  }
}
