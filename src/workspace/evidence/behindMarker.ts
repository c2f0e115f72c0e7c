import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeIfExists, undefinedIfMissing, writeDurably } from '../files.ts';

const fileName = 'evidence-behind';

/**
 * An image was written while the ledger could not be: whoever opens the ledger next has to compare it with what is there.
 * @throws what the disk says; then the image must not be written either
 */
export async function markBehind(trackerFolder: string): Promise<void> {
  await writeDurably(join(trackerFolder, fileName), (file) => file.writeFile(''));
}

export async function isMarkedBehind(trackerFolder: string): Promise<boolean> {
  return (await stat(join(trackerFolder, fileName)).catch(undefinedIfMissing)) !== undefined;
}

export async function unmarkBehind(trackerFolder: string): Promise<void> {
  await removeIfExists(join(trackerFolder, fileName));
}
