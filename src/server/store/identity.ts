import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import type { StoreIdentity } from './store.ts';

/** Reads who this database is, or makes it somebody at the first start. */
export async function readIdentity(db: Kysely<Database>): Promise<StoreIdentity> {
  const rows = await db.selectFrom('meta').selectAll().execute();
  const known = new Map(rows.map((row) => [row.key, row.value]));
  const fresh = { server_id: randomUUID(), dataset_id: randomUUID(), epoch: '1' };
  const missing = Object.entries(fresh).filter(([key]) => !known.has(key));
  const values = missing.map(([key, value]) => ({ key, value }));
  if (values.length > 0) await db.insertInto('meta').values(values).execute();
  const read = (key: keyof typeof fresh) => known.get(key) ?? fresh[key];
  return { serverId: read('server_id'), datasetId: read('dataset_id'), epoch: Number(read('epoch')) };
}
