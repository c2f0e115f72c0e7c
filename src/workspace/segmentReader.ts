import { open } from 'node:fs/promises';
import { undefinedIfMissing } from './files.ts';
import { decodeRecord, type JournalRecord } from './journalRecord.ts';

/** A line that is not what any of our processes wrote whole. */
export interface BadLine {
  readonly offset: number;
  readonly text: string;
}

export interface SegmentPart {
  readonly records: readonly JournalRecord[];
  readonly bad: readonly BadLine[];
  /** Where to read on: behind the last whole line. */
  readonly end: number;
  /** Bytes behind the last newline: still being written, or torn by a crash. */
  readonly torn: number;
}

/**
 * Reads a segment from an offset to its present end.
 * @param to not further than there
 * @returns undefined if the file is gone
 */
export async function readSegment(path: string, from: number, to?: number): Promise<SegmentPart | undefined> {
  const bytes = await readFrom(path, from, to);
  if (!bytes) return undefined;
  const records: JournalRecord[] = [];
  const bad: BadLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    const text = bytes.toString('utf8', start, end);
    const record = decodeRecord(text);
    if (record) records.push(record);
    else bad.push({ offset: from + start, text });
    start = end + 1;
  }
  return { records, bad, end: from + start, torn: bytes.length - start };
}

async function readFrom(path: string, from: number, to = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
  const file = await open(path, 'r').catch(undefinedIfMissing);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, to) - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
