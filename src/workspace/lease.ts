import { link, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { systemCode } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { listNames, makeFolder, removeIfExists, undefinedIfMissing } from './files.ts';
import { liveness, type ProcessIdentity, processIdentitySchema } from './processIdentity.ts';

const leaseSchema = z.object({ number: z.int(), process: processIdentitySchema, released: z.boolean() });
type LeaseFile = z.infer<typeof leaseSchema>;

const heartbeatMs = 1_000;
const staleAfterMs = 5_000;

/**
 * One process per workspace syncs, folds and writes CSV files: the one whose lease file has the highest number. A new
 * number is taken by creating its file, which only one process can. The numbers are fencing tokens: whoever finds a
 * higher one has lost the lease. Nothing here is synced to disk: a lease means nothing after the machine went down.
 */
export class Lease {
  readonly number: number;
  readonly #folder: string;
  readonly #path: string;
  readonly #process: ProcessIdentity;
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, number: number, process: ProcessIdentity) {
    this.number = number;
    this.#folder = folder;
    this.#path = leasePath(folder, number);
    this.#process = process;
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    this.#timer.unref();
  }

  /** Whether no other process has taken the lease meanwhile; asked before everything that only the holder may do. */
  async isHeld(): Promise<boolean> {
    const newest = await newestLease(this.#folder);
    return newest?.number === this.number;
  }

  /** Lets the next process take it at once. The file stays: numbers must never start over. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (!(await this.isHeld().catch(() => false))) return;
    const temporary = `${this.#path}.new`;
    const text = JSON.stringify({ number: this.number, process: this.#process, released: true });
    // Where it cannot be said, on a full disk, the missing heartbeat says it.
    await writeFile(temporary, text)
      .then(() => rename(temporary, this.#path))
      .catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const now = new Date();
    await utimes(this.#path, now, now).catch(() => undefined);
  }
}

/** Takes the lease when it is free, and watches it when it is not. */
export class LeaseKeeper {
  readonly #folder: string;
  readonly #process: ProcessIdentity;
  readonly #clock: Clock;
  #seen = { number: -1, mtimeMs: -1, since: 0 };

  constructor(folder: string, process: ProcessIdentity, clock: Clock) {
    this.#folder = folder;
    this.#process = process;
    this.#clock = clock;
  }

  /** Takes the lease if nobody has it: undefined if another process does. */
  async tryAcquire(): Promise<Lease | undefined> {
    await makeFolder(this.#folder);
    const newest = await newestLease(this.#folder);
    if (newest && !(await this.#isFree(newest))) return undefined;
    const number = (newest?.number ?? 0) + 1;
    if (!(await createLease(this.#folder, { number, process: this.#process, released: false }))) return undefined;
    // Between looking and creating, others may have taken and released higher numbers: only the highest one holds.
    if ((await newestLease(this.#folder))?.number !== number) return undefined;
    await removeOlder(this.#folder, number);
    return new Lease(this.#folder, number, this.#process);
  }

  /** Whether another process holds the lease now. */
  async isHeldElsewhere(): Promise<boolean> {
    const newest = await newestLease(this.#folder);
    return newest !== undefined && !(await this.#isFree(newest));
  }

  async #isFree(lease: LeaseFile): Promise<boolean> {
    if (lease.released) return true;
    if ((await liveness(lease.process, this.#process)) === 'dead') return true;
    return this.#isStale(lease.number);
  }

  /** No heartbeat for five seconds by this process's own steady clock, whatever the wall clocks say. */
  async #isStale(number: number): Promise<boolean> {
    const file = await stat(leasePath(this.#folder, number)).catch(undefinedIfMissing);
    const now = this.#clock.monotonic();
    const mtimeMs = file?.mtimeMs ?? 0;
    if (this.#seen.number !== number || this.#seen.mtimeMs !== mtimeMs) this.#seen = { number, mtimeMs, since: now };
    return now - this.#seen.since > staleAfterMs;
  }
}

function leasePath(folder: string, number: number): string {
  return join(folder, `lease-${number}.json`);
}

async function newestLease(folder: string): Promise<LeaseFile | undefined> {
  const numbers = (await leaseNumbers(folder)).sort((a, b) => b - a);
  for (const number of numbers) {
    const text = await readFile(leasePath(folder, number), 'utf8').catch(undefinedIfMissing);
    if (text !== undefined) return parseLease(text, number);
  }
  return undefined;
}

/** A lease file that cannot be read is as good as released: its number still counts. */
function parseLease(text: string, number: number): LeaseFile {
  try {
    return leaseSchema.parse(JSON.parse(text));
  } catch {
    return { number, process: { pid: 0, start: '', realm: '' }, released: true };
  }
}

async function leaseNumbers(folder: string): Promise<number[]> {
  return (await listNames(folder)).flatMap((name) => {
    const match = /^lease-(\d+)\.json$/.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

/** Creates the file with its whole content in one step, so that nobody ever reads half of it. */
async function createLease(folder: string, lease: LeaseFile): Promise<boolean> {
  const temporary = join(folder, `lease-${lease.process.pid}-${lease.number}.new`);
  await writeFile(temporary, JSON.stringify(lease), { mode: 0o600 });
  try {
    await link(temporary, leasePath(folder, lease.number));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeIfExists(temporary);
  }
}

async function removeOlder(folder: string, number: number): Promise<void> {
  for (const older of await leaseNumbers(folder)) {
    if (older < number) await removeIfExists(leasePath(folder, older));
  }
}
