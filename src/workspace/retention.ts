import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames, removeIfExists, undefinedIfMissing } from './files.ts';

const dayMs = 24 * 60 * 60 * 1_000;
/** How long acknowledged operations are kept: a server restored from a backup may have lost them. */
const keptDays = 30;
/** The clock that dates files may be another one than that which dates operations. */
const graceDays = 1;

/** Of acknowledged operations, those made since then are kept. @param now RFC 3339 */
export function keptSince(now: string): string {
  return new Date(Date.parse(now) - keptDays * dayMs).toISOString();
}

/**
 * Removes archived segments to which nothing was added for so long that all their operations are older than what is
 * kept. What acknowledges an operation was written after it, so neither goes before the other is of no use.
 * @param now RFC 3339
 */
export async function pruneArchive(archive: string, now: string): Promise<void> {
  const kept = Date.parse(now) - (keptDays + graceDays) * dayMs;
  // By name, the oldest first. There may be thousands: looking ends at the first one that stays.
  for (const name of (await listNames(archive)).sort()) {
    const file = await stat(join(archive, name)).catch(undefinedIfMissing);
    if (file && file.mtimeMs >= kept) return;
    await removeIfExists(join(archive, name));
  }
}
