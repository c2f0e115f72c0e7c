import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DtmError, systemCode } from '../../core/errors.ts';
import type { BackupHeader, BackupSummary } from './format.ts';
import { checkBackup } from './readBackup.ts';

/** What is to be written: the header, and lines that need no end of their own. */
export interface BackupContent {
  readonly header: BackupHeader;
  /** Tables and rows, as lines. @param count called with the number of rows of each line */
  lines(count: (table: string, rows: number) => void): AsyncIterable<string>;
}

/**
 * Writes a backup that only its owner can read, reads it again to make sure of it, and only then gives it its name.
 * @param replace whether a file of that name may be replaced
 * @throws DtmError `cannot-write`
 */
export async function writeBackup(path: string, content: BackupContent, replace: boolean): Promise<BackupSummary> {
  const target = resolve(path);
  if (!replace && existsSync(target)) throw alreadyThere(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await writeDurably(temporary, content);
    const summary = await checkBackup(temporary);
    await place(temporary, target, replace);
    await syncFolder(dirname(target));
    return summary;
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? alreadyThere(path) : explained(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeDurably(file: string, content: BackupContent): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await pipeline(Readable.from(bytesOf(content)), createGzip(), intoFile(handle));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The stream of a file handle would close it before it is synced. */
function intoFile(handle: FileHandle) {
  return async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await handle.writeFile(chunk);
  };
}

async function* bytesOf({ header, lines }: BackupContent): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  const line = (text: string): Buffer => {
    const bytes = Buffer.from(`${text}\n`);
    hash.update(bytes);
    return bytes;
  };
  const count = (table: string, rows: number): void => {
    counts[table] = (counts[table] ?? 0) + rows;
  };
  yield line(JSON.stringify(header));
  for await (const text of lines(count)) yield line(text);
  yield Buffer.from(`${JSON.stringify({ end: counts, sha256: hash.digest('hex') })}\n`);
}

/** A link fails where the name is taken, in one step; not every file system has links. */
async function place(temporary: string, target: string, replace: boolean): Promise<void> {
  if (replace) return rename(temporary, target);
  try {
    await link(temporary, target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error;
    await rename(temporary, target);
  }
}

/** Makes the names in a folder durable, where the platform lets folders be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'the file would become too big',
};

function explained(path: string, error: unknown): unknown {
  const reason = reasons[systemCode(error) ?? ''];
  if (reason === undefined) return error;
  return new DtmError('cannot-write', `cannot write ${path}: ${reason}`, {
    hint: 'Choose another place, or make room there.',
    cause: error,
  });
}

function alreadyThere(path: string): DtmError {
  return new DtmError('cannot-write', `there is already a file ${path}`, {
    hint: 'Choose another name, or replace it with --force.',
  });
}
