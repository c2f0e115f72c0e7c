import { readFile } from 'node:fs/promises';

/** The memory that a process occupies, in MiB; undefined where the system has no `/proc` to tell it. */
export async function residentMiB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return found === undefined ? undefined : Math.round(Number(found) / 1024);
}
