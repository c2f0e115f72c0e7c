import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** What a request with an idempotency key was answered. */
export interface StoredAnswer {
  /** Tells whether another request is the same one. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; null where there is none. */
  readonly body: string | null;
}

/** The answers to requests with an idempotency key, by account and key. */
export class AnswerTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async find(account: string, key: string): Promise<StoredAnswer | null> {
    const query = this.#db.selectFrom('stored_answers').selectAll().where('account', '=', account);
    const row = await query.where('key', '=', key).executeTakeFirst();
    if (!row) return null;
    const { fingerprint, status, headers, body } = row;
    return { fingerprint, status, headers: JSON.parse(headers) as Record<string, string>, body };
  }

  /** Fails on a key that is already there, and with it the transaction. */
  async add(account: string, key: string, answer: StoredAnswer, at: string): Promise<void> {
    const row = { account, key, at, ...answer, headers: JSON.stringify(answer.headers) };
    await this.#db.insertInto('stored_answers').values(row).execute();
  }

  /** Forgets answers from before a moment. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('stored_answers').where('at', '<', before).execute();
  }
}
