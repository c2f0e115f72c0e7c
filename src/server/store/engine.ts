import { type Kysely, PostgresAdapter } from 'kysely';

/** Which database is behind a connection, for the few statements that cannot be the same on both. */
export function isPostgres<T>(db: Kysely<T>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
