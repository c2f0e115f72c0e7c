import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { undefinedIfMissing } from '../files.ts';

const markSchema = z.object({
  format: z.literal(1),
  head: z.object({ seq: z.int(), hash: z.string() }),
  /** The newest file, and how long it was. */
  file: z.string(),
  size: z.int(),
  /** Up to where each segment of the journal is told of in the ledger. */
  journal: z.record(z.string(), z.int()),
  /** Entities that ended here before any server knew them. */
  gone: z.array(z.string()),
});
/** Where a ledger stood when it was last written: a convenience, which can be had again from ledger and journal. */
export type LedgerMark = z.infer<typeof markSchema>;

const fileName = 'ledger.json';

/** @returns undefined if there is none that can be read: then ledger and journal are looked through */
export async function readLedgerMark(folder: string): Promise<LedgerMark | undefined> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(undefinedIfMissing);
  try {
    return text === undefined ? undefined : markSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Not synced: what it says is true of a ledger that is, and an older one only costs time. */
export async function writeLedgerMark(folder: string, mark: LedgerMark): Promise<void> {
  const temporary = join(folder, `${fileName}.${process.pid}.tmp`);
  await writeFile(temporary, JSON.stringify(mark), { mode: 0o600 });
  await rename(temporary, join(folder, fileName));
}
