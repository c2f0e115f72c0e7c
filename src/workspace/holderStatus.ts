import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Connection } from '../core/ports.ts';
import { undefinedIfMissing } from './files.ts';

const schema = z.object({
  connection: z.object({
    kind: z.enum(['local', 'online', 'syncing', 'degraded', 'offline', 'signed-out', 'incompatible']),
    since: z.string(),
    reason: z.string().optional(),
    latencyMs: z.number().optional(),
    slow: z.boolean().optional(),
    lastSync: z.string().optional(),
    otherAccount: z.string().optional(),
  }),
  /** The number of the holder's lease. */
  lease: z.int().default(0),
  /** Syncs that this holder was asked for and that have ended, successful or not. */
  answered: z.int(),
});

/** What the lease holder tells the other processes of the workspace. */
export interface HolderStatus {
  readonly connection: Connection;
  readonly lease: number;
  readonly answered: number;
}

/** Whether a holder has answered something since `before` was read; the next holder counts from 0 again. */
export function hasAnswered(now: HolderStatus, before: HolderStatus | undefined): boolean {
  return now.answered > (now.lease === before?.lease ? before.answered : 0);
}

const name = 'status.json';

/** Publishes the holder's view; not durable, it means nothing after a restart. */
export async function writeHolderStatus(folder: string, status: HolderStatus): Promise<void> {
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  await writeFile(temporary, JSON.stringify(status));
  await rename(temporary, join(folder, name));
}

export async function readHolderStatus(folder: string): Promise<HolderStatus | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
