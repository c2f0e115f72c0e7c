import { DtmError } from '../../core/errors.ts';
import { makeFolder } from './dataFolder.ts';
import type { DatabasePlace } from './existingDatabase.ts';

/**
 * Does something that no server on the database may see half of: none may run, and none starts meanwhile.
 * @throws DtmError `unavailable` if a server runs
 */
export async function withoutServers<T>({ dataDir, databaseUrl }: DatabasePlace, work: () => Promise<T>): Promise<T> {
  if (databaseUrl !== undefined) return withoutProcesses(databaseUrl, work);
  makeFolder(dataDir);
  const { lockFolder } = await import('./folderLock.ts');
  const unlock = lockFolder(dataDir);
  try {
    return await work();
  } finally {
    unlock();
  }
}

async function withoutProcesses<T>(url: string, work: () => Promise<T>): Promise<T> {
  const { openPostgresConnection } = await import('./postgresStore.ts');
  const { tryServiceLock } = await import('./postgresPool.ts');
  const db = await openPostgresConnection(url);
  try {
    if (await tryServiceLock(db, 'alone')) return await work();
  } finally {
    await db.destroy();
  }
  throw new DtmError('unavailable', 'a DTM server is running on this database', {
    hint: 'Stop every server process that uses it, and repeat the command.',
  });
}
