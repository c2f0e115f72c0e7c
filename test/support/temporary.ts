import { rmSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScan } from './secrets/runScan.ts';

const folders = new Set<string>();

// The last resort for a run that was interrupted; only synchronous work is possible in 'exit'.
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Makes an empty folder that is removed by `removeTemporaryFolder`, at the latest when this process ends. */
export async function makeTemporaryFolder(name = 'test'): Promise<string> {
  // macOS answers a symbolic link, which child processes would report resolved.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `dtm-${name}-`)));
  folders.add(folder);
  return folder;
}

/** Looks for secrets where none belongs before it removes anything. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await runScan.folder(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.delete(folder);
}

/** Inside a `describe`: gives every test an empty folder of its own, and removes it afterwards. */
export function useTemporaryFolder(name = 'test'): () => string {
  let current: string | undefined;
  beforeEach(async () => {
    current = await makeTemporaryFolder(name);
  });
  afterEach(async () => {
    if (current) await removeTemporaryFolder(current);
    current = undefined;
  });
  return () => {
    if (!current) throw new Error('The temporary folder exists only while a test runs');
    return current;
  };
}
