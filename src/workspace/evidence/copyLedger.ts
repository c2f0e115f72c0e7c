import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DtmError } from '../../core/errors.ts';
import { cannotWrite, makeFolder, undefinedIfMissing, writeDurably } from '../files.ts';
import { ledgerFiles } from './ledgerLines.ts';

/**
 * Copies the whole lines of a ledger into another folder. What is there is only replaced if it is the beginning of what
 * comes in its place: a file that is something else is somebody's.
 * @throws DtmError `conflict`, `cannot-write`
 */
export async function copyLedger(
  from: string,
  to: string,
): Promise<{ readonly folder: string; readonly files: readonly string[]; readonly bytes: number }> {
  const files = await ledgerFiles(from);
  const contents = await Promise.all(files.map(async (name) => wholeLines(await readFile(join(from, name)))));
  for (const [index, name] of files.entries()) await requireOwn(join(to, name), contents[index] ?? Buffer.alloc(0));
  await makeFolder(to);
  for (const [index, name] of files.entries()) {
    const path = join(to, name);
    await writeDurably(path, (file) => file.writeFile(contents[index] ?? '')).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
  }
  return { folder: to, files, bytes: contents.reduce((sum, { length }) => sum + length, 0) };
}

/** What follows the last line feed is being written. */
function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(10) + 1);
}

async function requireOwn(path: string, next: Buffer): Promise<void> {
  const present = await readFile(path).catch(undefinedIfMissing);
  if (!present || present.equals(next.subarray(0, present.length))) return;
  throw new DtmError('conflict', `${path} is no earlier copy of this ledger`, {
    hint: 'Nothing was copied. Choose another folder, or look at what stands there.',
    details: { path },
  });
}
