import type { Kysely } from 'kysely';
import type { User } from './accountTable.ts';
import type { Database, UserRow } from './schema.ts';

/** A user as administrators see one. */
export type Account = User & Readonly<Pick<UserRow, 'created_at' | 'disabled_at'>>;

export interface AccountChange {
  readonly role?: UserRow['role'] | undefined;
  readonly passwordHash?: string | undefined;
  /** Null: not switched off. */
  readonly disabledAt?: string | null | undefined;
}

const columns = ['id', 'username', 'role', 'created_at', 'disabled_at'] as const;

/** The users, as administrators manage them. */
export class UserTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** By name. */
  async all(): Promise<Account[]> {
    return this.#db.selectFrom('users').select(columns).orderBy('username').execute();
  }

  async find(id: string): Promise<Account | null> {
    const query = this.#db.selectFrom('users').select(columns).where('id', '=', id);
    return (await query.executeTakeFirst()) ?? null;
  }

  /** How many administrators could sign in. */
  async countAdmins(): Promise<number> {
    const query = this.#db.selectFrom('users').select('id').where('role', '=', 'admin');
    return (await query.where('disabled_at', 'is', null).execute()).length;
  }

  async change(id: string, { role, passwordHash, disabledAt }: AccountChange): Promise<void> {
    const values = {
      ...(role === undefined ? {} : { role }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
    };
    if (Object.keys(values).length === 0) return;
    await this.#db.updateTable('users').set(values).where('id', '=', id).execute();
  }

  /** Ends every session of a user. */
  async revokeSessions(id: string, at: string): Promise<void> {
    const query = this.#db.updateTable('sessions').set({ revoked_at: at }).where('user_id', '=', id);
    await query.where('revoked_at', 'is', null).execute();
  }
}
