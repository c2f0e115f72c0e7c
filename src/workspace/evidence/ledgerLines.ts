import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ledgerFilePattern } from '../../core/evidence/ledgerFile.ts';
import type { LedgerLine } from '../../core/evidence/verify.ts';
import { listNames } from '../files.ts';

/** Where a ledger stands, or where reading begins. */
export interface LedgerPosition {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
}

/** A line, and where in its file it begins. */
export type PlacedLine = LedgerLine & { readonly offset: number };

/** Where the ledger of a tracker is. */
export function ledgerFolder(trackerFolder: string): string {
  return join(trackerFolder, 'evidence');
}

/** The ledger's files, the oldest first. */
export async function ledgerFiles(folder: string): Promise<string[]> {
  return (await listNames(folder)).filter((name) => ledgerFilePattern.test(name)).sort();
}

/** The end of a ledger; undefined where there is none. */
export async function ledgerEnd(folder: string): Promise<LedgerPosition | undefined> {
  const file = (await ledgerFiles(folder)).at(-1);
  return file === undefined ? undefined : { file, size: (await stat(join(folder, file))).size };
}

/** Every line of a ledger. @param from not those before; lines of that file are then counted from there */
export async function* ledgerLines(folder: string, from?: LedgerPosition): AsyncGenerator<PlacedLine> {
  for (const file of await ledgerFiles(folder)) {
    if (from && file < from.file) continue;
    yield* linesOf(folder, file, from?.file === file ? from.size : 0);
  }
}

const lineFeed = 10;

async function* linesOf(folder: string, file: string, start: number): AsyncGenerator<PlacedLine> {
  let rest: Buffer = Buffer.alloc(0);
  let [number, offset] = [1, start];
  for await (const chunk of createReadStream(join(folder, file), { start }) as AsyncIterable<Buffer>) {
    // No other character separates lines, and none of it stands inside another character of UTF-8.
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, begin)) {
      yield { file, number: number++, text: bytes.toString('utf8', begin, end), offset: offset + begin };
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
    offset += begin;
  }
  if (rest.length > 0) yield { file, number, text: rest.toString('utf8'), isUnfinished: true, offset };
}
