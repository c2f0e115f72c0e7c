import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DtmError } from '../../core/errors.ts';
import { resultCodes, sqliteCode } from './sqliteErrors.ts';

/**
 * Takes a data folder for this process. The operating system frees the lock when the process ends, however it ends.
 * @returns what gives it back
 * @throws DtmError `unavailable` if another process has it; the error of SQLite if the folder cannot be used
 */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'dtm.lock'));
  try {
    database.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    if (sqliteCode(error) !== resultCodes.busy) throw error;
    throw new DtmError('unavailable', `another DTM server is running on the data folder ${folder}`, {
      hint: 'Use that server, or stop it, or choose another data folder with DTM_DATA_DIR (--data-dir).',
      cause: error,
    });
  }
  return () => database.close();
}
