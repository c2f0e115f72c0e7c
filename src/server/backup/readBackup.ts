import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DtmError, isDtmError, systemCode } from '../../core/errors.ts';
import {
  type BackupHeader,
  type BackupPart,
  type BackupSummary,
  backupHeader,
  damagedBackup,
  endLine,
  formatVersion,
  tableLine,
  type Value,
} from './format.ts';
import { linesOf } from './lines.ts';

/** A backup that is being read. */
export interface OpenBackup {
  readonly header: BackupHeader;
  /**
   * What it holds, in order. It ends only if the backup is whole and its checksum is right.
   * @throws DtmError `damaged-file`
   */
  readonly parts: AsyncIterable<BackupPart>;
}

/**
 * Reads a backup and has it used; never more than a few lines are in memory.
 * @throws DtmError `cannot-read`, `damaged-file`, `incompatible`; what `use` throws
 */
export async function withBackup<T>(path: string, use: (backup: OpenBackup) => Promise<T>): Promise<T> {
  const lines = linesOf(unpacked(path));
  try {
    const first = await lines.next();
    if (first.done) throw damagedBackup(path, 'it is empty');
    const hash = createHash('sha256');
    const header = readHeader(path, first.value);
    return await use({ header, parts: partsOf(path, lines, hashed(hash, first.value)) });
  } catch (error) {
    throw explained(path, error);
  } finally {
    await lines.return(undefined);
  }
}

/** Reads a whole backup to make sure of it. @throws DtmError as {@link withBackup} does */
export function checkBackup(path: string): Promise<BackupSummary> {
  return withBackup(path, async ({ header, parts }) => {
    const rows: Record<string, number> = {};
    let table = '';
    for await (const part of parts) {
      if (part.kind === 'table') table = part.table;
      rows[table] = (rows[table] ?? 0) + (part.kind === 'rows' ? part.rows.length : 0);
    }
    return { header, rows };
  });
}

function unpacked(path: string): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  // Whatever fails is seen where the result is read.
  pipeline(createReadStream(path), gunzip, () => {});
  return gunzip;
}

function readHeader(path: string, line: Buffer): BackupHeader {
  const header = backupHeader.safeParse(parsed(path, line));
  if (!header.success) throw damagedBackup(path, 'it does not begin like a backup of DTM');
  if (header.data.format_version <= formatVersion) return header.data;
  throw new DtmError('incompatible', `${path} was written by a newer DTM (${header.data.made_by})`, {
    hint: 'Update DTM and restore it then; nothing was changed.',
  });
}

async function* partsOf(path: string, lines: AsyncIterator<Buffer>, hash: Hash): AsyncGenerator<BackupPart> {
  const counts: Record<string, number> = {};
  let current: { table: string; columns: readonly string[] } | undefined;
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const content = parsed(path, line.value);
    if (content !== null && typeof content === 'object' && 'end' in content) {
      checkEnd(path, content, counts, hash);
      if (!(await lines.next()).done) throw damagedBackup(path, 'something follows its end');
      return;
    }
    hashed(hash, line.value);
    if (content !== null && typeof content === 'object' && 'rows' in content) {
      if (!current) throw damagedBackup(path, 'it has rows without a table');
      const rows = readRows(path, content.rows, current.columns.length);
      counts[current.table] = (counts[current.table] ?? 0) + rows.length;
      yield { kind: 'rows', rows };
      continue;
    }
    const table = tableLine.safeParse(content);
    if (!table.success || table.data.table in counts) throw damagedBackup(path, 'it holds a line that means nothing');
    current = table.data;
    counts[current.table] = 0;
    yield { kind: 'table', ...current };
  }
  throw damagedBackup(path, 'its end is missing');
}

function checkEnd(path: string, content: object, counts: Readonly<Record<string, number>>, hash: Hash): void {
  const end = endLine.safeParse(content);
  if (!end.success) throw damagedBackup(path, 'its last line is damaged');
  const sameTables = Object.keys(end.data.end).join() === Object.keys(counts).join();
  const sameCounts = Object.entries(end.data.end).every(([table, count]) => counts[table] === count);
  if (!sameTables || !sameCounts) throw damagedBackup(path, 'rows are missing');
  if (hash.digest('hex') !== end.data.sha256) throw damagedBackup(path, 'its checksum is wrong');
}

function readRows(path: string, rows: unknown, width: number): readonly (readonly Value[])[] {
  const isRow = (row: unknown): row is Value[] => Array.isArray(row) && row.length === width && row.every(isValue);
  if (Array.isArray(rows) && rows.every(isRow)) return rows;
  throw damagedBackup(path, 'it holds a row that does not fit its table');
}

function isValue(value: unknown): value is Value {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function parsed(path: string, line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw damagedBackup(path, 'it holds a line that is not JSON', error);
  }
}

function hashed(hash: Hash, line: Buffer): Hash {
  return hash.update(line).update('\n');
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
};

function explained(path: string, error: unknown): unknown {
  const code = systemCode(error) ?? '';
  if (isDtmError(error)) return error;
  if (code.startsWith('Z_') || error instanceof RangeError) return damagedBackup(path, (error as Error).message, error);
  if (unreadable[code] === undefined) return error;
  return new DtmError('cannot-read', `cannot read ${path}: ${unreadable[code]}`, {
    hint: 'Name the file that cf_cli server backup wrote.',
    cause: error,
  });
}
