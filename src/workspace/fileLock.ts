import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DtmError, systemCode } from '../core/errors.ts';

/** Names the files of this process apart. */
let serial = 0;
const pollMs = 10;
const defaultPatienceMs = 10_000;

/**
 * Runs `work` while no other process does so under the same lock file. A lock whose process is dead is taken over.
 * @param patienceMs milliseconds
 * @throws DtmError `cannot-write` if a living process keeps the lock for longer than that
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  patienceMs = defaultPatienceMs,
): Promise<T> {
  await acquire(path, patienceMs);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, patienceMs: number): Promise<void> {
  const giveUp = performance.now() + patienceMs;
  while (!(await tryAcquire(path))) {
    await removeIfDead(path);
    if (performance.now() > giveUp) {
      throw new DtmError('cannot-write', `another process holds ${path}`, {
        hint: 'End it, or remove the file if no cf_cli runs.',
      });
    }
    await delay(pollMs);
  }
}

/** The file appears with its content, so that nobody ever reads half of a process id. */
async function tryAcquire(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}.${++serial}`;
  const file = await open(own, 'w', 0o600);
  try {
    await file.writeFile(String(process.pid));
  } finally {
    await file.close();
  }
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function removeIfDead(path: string): Promise<void> {
  const holder = await holderOf(path);
  if (holder === undefined || isAlive(holder)) return;
  // Another process may have taken it over since it was read: only what was judged is removed, anything else put back.
  const aside = `${path}.${process.pid}.${++serial}.dead`;
  await rename(path, aside).catch(() => {});
  const moved = await holderOf(aside);
  if (moved !== undefined && moved !== holder) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
