import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** How many sessions were not ended. */
export async function countSessions(db: Kysely<Database>): Promise<number> {
  const query = db.selectFrom('sessions').where('revoked_at', 'is', null);
  const { sessions } = await query.select((eb) => eb.fn.countAll().as('sessions')).executeTakeFirstOrThrow();
  return Number(sessions);
}
