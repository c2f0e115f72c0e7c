import { type Kysely, sql } from 'kysely';
import type { Database } from './schema.ts';

/** Runs a part of a transaction that is undone alone if it fails; such parts may hold others. */
export async function withSavepoint<T>(db: Kysely<Database>, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(db);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(db);
    return result;
  } catch (error) {
    await undo(db);
    throw error;
  }
}

/** A database that failed may have undone the whole transaction already; then the first error is the one to tell. */
async function undo(db: Kysely<Database>): Promise<void> {
  try {
    await sql`rollback to savepoint part`.execute(db);
    await sql`release savepoint part`.execute(db);
  } catch {
    return;
  }
}
