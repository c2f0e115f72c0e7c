import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { adoptRestoredSecrets } from '../auth/secrets.ts';
import type { BackupSummary } from '../backup/format.ts';
import { checkBackup, withBackup } from '../backup/readBackup.ts';
import { connect, type DatabasePlace, isThere } from '../store/existingDatabase.ts';
import { refuseNewerSchema, replaceData } from '../store/replaceData.ts';
import { isDamage } from '../store/sqliteErrors.ts';
import { withoutServers } from '../store/withoutServers.ts';
import { backUpIfStarted } from './backup.ts';
import { withAdminStore } from './withAdminStore.ts';

export interface Restored {
  /** What tells clients that the data were exchanged. */
  readonly epoch: number;
  /** The backup of what was there before; undefined if there was nothing. */
  readonly keptIn: string | undefined;
}

/**
 * Reads a whole backup and makes sure that it can be restored here.
 * @throws DtmError `cannot-read`, `damaged-file`, `incompatible`
 */
export async function inspectBackup(path: string): Promise<BackupSummary> {
  const summary = await checkBackup(path);
  refuseNewerSchema(summary.header.schema);
  return summary;
}

/**
 * Puts the data of a backup in the place of what a server had, which is kept as a backup of its own. No server may run
 * meanwhile. Whenever it ends early, the database is as it was.
 * @throws DtmError `unavailable` (a server runs), `damaged-file`, `incompatible`, and as `inspectBackup` does
 */
export function restoreBackup(place: DatabasePlace, path: string): Promise<Restored> {
  return withoutServers(place, async () => {
    const keptIn = isThere(place) ? await keepAside(place) : undefined;
    const epoch = await replace(place, path);
    // The database of a PostgreSQL server holds the keys itself.
    if (place.databaseUrl === undefined) {
      await withAdminStore(place, (store) => adoptRestoredSecrets(store, place.dataDir));
    }
    return { epoch, keptIn };
  });
}

async function replace(place: DatabasePlace, path: string): Promise<number> {
  const connection = await connect(place, 'write');
  try {
    return await withBackup(path, (backup) => replaceData(connection, backup));
  } finally {
    await connection.close();
  }
}

/** @returns the backup's path; undefined if there is nothing to keep, because no server has ever started there */
async function keepAside(place: DatabasePlace): Promise<string | undefined> {
  const folder = join(place.dataDir, 'replaced');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}.dtm-backup`);
  try {
    return (await backUpIfStarted(place, path)) && path;
  } catch (error) {
    const cause = isDtmError(error) ? error.cause : error;
    throw isDamage(cause) ? damagedDatabase(place.dataDir, error) : error;
  }
}

/** What cannot be read is not thrown away: it may be all that there is of the newest data. */
function damagedDatabase(folder: string, cause: unknown): DtmError {
  return new DtmError('damaged-file', `the database in ${folder} is damaged, so it cannot be kept aside as a backup`, {
    hint: `Move dtm.sqlite, dtm.sqlite-wal and dtm.sqlite-shm from ${folder} to another folder, and restore again.`,
    cause,
  });
}
