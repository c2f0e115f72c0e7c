import { readFile, readlink } from 'node:fs/promises';
import * as z from 'zod';
import { systemCode } from '../core/errors.ts';

/** Tells one running process from every other, even one that got the same pid later. */
export const processIdentitySchema = z.object({
  pid: z.int(),
  /** When it started, in the system's own unit; empty where the system does not tell. */
  start: z.string(),
  /** The boot and the pid namespace in which the pid means something; empty where the system does not tell. */
  realm: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return { pid: process.pid, start: await startOf(process.pid), realm: `${boot.trim()}${namespace}` };
}

/** Field 22 of /proc/PID/stat, counted after the name, which may itself hold spaces and brackets. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/**
 * Whether a process runs: `unknown` for one of another machine, boot or container, whose pid means nothing here.
 */
export async function liveness(other: ProcessIdentity, self: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  if (other.realm !== self.realm) return 'unknown';
  if (!pidExists(other.pid)) return 'dead';
  return other.start === '' || other.start === (await startOf(other.pid)) ? 'alive' : 'dead';
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
