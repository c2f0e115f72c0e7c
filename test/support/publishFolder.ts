import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './isAlive.ts';

let drafts = 0;

/**
 * Fills a folder once, whoever comes first: the content is made in a neighbouring folder and renamed, so that
 * nobody ever sees a half-made one, whether several processes do it at once or one is interrupted.
 */
export async function publishFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  await removeAbandonedDrafts(folder);
  const draft = `${draftPrefix(folder)}${process.pid}-${++drafts}`;
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const draftPrefix = (folder: string): string => join(dirname(folder), `.draft-${basename(folder)}-`);

async function removeAbandonedDrafts(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const prefix = basename(draftPrefix(folder));
  for (const name of await readdir(dirname(folder))) {
    const owner = Number.parseInt(name.slice(prefix.length), 10);
    if (!name.startsWith(prefix) || !Number.isInteger(owner)) continue;
    if (!isAlive(owner)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}
