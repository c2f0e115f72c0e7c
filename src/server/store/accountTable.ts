import type { Kysely } from 'kysely';
import type { Database, RefreshTokenRow, UserRow } from './schema.ts';

export type User = Readonly<Pick<UserRow, 'id' | 'username' | 'role'>>;

export interface UserWithPassword extends User {
  readonly passwordHash: string;
  readonly isDisabled?: boolean;
}

/** A refresh token by its hash; the token itself is never stored. */
export interface RefreshToken {
  readonly hash: string;
  readonly sessionId: string;
  readonly expiresAt: string;
  /** Whether it was exchanged for a successor. */
  readonly usedAt: string | null;
  readonly successorHash: string | null;
}

/** People, their sessions (families of refresh tokens), and the tokens of each. */
export class AccountTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async findUser(username: string): Promise<UserWithPassword | null> {
    const query = this.#db.selectFrom('users').selectAll().where('username', '=', username);
    const row = await query.executeTakeFirst();
    return row ? toUser(row) : null;
  }

  /** The oldest administrator who is not switched off: as a rule the one that the first start made. */
  async firstAdmin(): Promise<UserWithPassword | null> {
    const query = this.#db.selectFrom('users').selectAll().where('role', '=', 'admin').where('disabled_at', 'is', null);
    const row = await query.orderBy('created_at').orderBy('id').limit(1).executeTakeFirst();
    return row ? toUser(row) : null;
  }

  async addUser(user: UserWithPassword, at: string): Promise<void> {
    const { id, username, role, passwordHash } = user;
    await this.#db
      .insertInto('users')
      .values({ id, username, role, password_hash: passwordHash, created_at: at, disabled_at: null })
      .execute();
  }

  async addSession(id: string, userId: string, at: string): Promise<void> {
    await this.#db.insertInto('sessions').values({ id, user_id: userId, created_at: at, revoked_at: null }).execute();
  }

  /** The user of a session that was not revoked, unless switched off, with the role that the user has now. */
  async userOfSession(sessionId: string): Promise<User | null> {
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['users.id', 'users.username', 'users.role'])
      .where('sessions.id', '=', sessionId)
      .where('sessions.revoked_at', 'is', null)
      .where('users.disabled_at', 'is', null)
      .executeTakeFirst();
    return row ?? null;
  }

  async revokeSession(sessionId: string, at: string): Promise<void> {
    const query = this.#db.updateTable('sessions').set({ revoked_at: at }).where('id', '=', sessionId);
    await query.where('revoked_at', 'is', null).execute();
  }

  async findRefreshToken(hash: string): Promise<RefreshToken | null> {
    const row = await this.#db.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row ? toRefreshToken(row) : null;
  }

  async addRefreshToken(hash: string, sessionId: string, expiresAt: string): Promise<void> {
    const row = { hash, session_id: sessionId, expires_at: expiresAt, used_at: null, successor_hash: null };
    await this.#db.insertInto('refresh_tokens').values(row).execute();
  }

  async markUsed(hash: string, successorHash: string, at: string): Promise<void> {
    const query = this.#db.updateTable('refresh_tokens').set({ used_at: at, successor_hash: successorHash });
    await query.where('hash', '=', hash).execute();
  }

  /** Removes tokens that expired before a moment, and the sessions that have none left. */
  async prune(before: string): Promise<void> {
    await this.#db.deleteFrom('refresh_tokens').where('expires_at', '<', before).execute();
    const living = this.#db.selectFrom('refresh_tokens').select('session_id');
    await this.#db.deleteFrom('sessions').where('id', 'not in', living).execute();
  }
}

function toUser({ id, username, role, password_hash, disabled_at }: UserRow): UserWithPassword {
  return { id, username, role, passwordHash: password_hash, isDisabled: disabled_at !== null };
}

function toRefreshToken(row: RefreshTokenRow): RefreshToken {
  return {
    hash: row.hash,
    sessionId: row.session_id,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    successorHash: row.successor_hash,
  };
}
