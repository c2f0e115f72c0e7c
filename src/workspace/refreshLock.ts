import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from '../core/ports.ts';
import { withFileLock } from './fileLock.ts';
import { makeFolder } from './files.ts';

/** A token is renewed within the time of one request. Who waited longer than that goes on: the server forgives it. */
const patienceMs = 5_000;

/**
 * Lets one process at a time do something under a name, by a lock file in the user's state folder. Where the lock cannot
 * be had (a read-only folder, a process that hangs) it is done all the same.
 */
export function lockedIn(home: string, logger: Logger): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  return async (name, work) => {
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      return work();
    };
    const folder = join(home, 'locks');
    try {
      await makeFolder(folder);
      return await withFileLock(join(folder, `${fileNameOf(name)}.lock`), begin, patienceMs);
    } catch (error) {
      if (hasBegun) throw error;
      logger.warn('lock.not-had', { name, error: String(error) });
      return work();
    }
  };
}

/** Origins and account names may hold anything. */
function fileNameOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}
