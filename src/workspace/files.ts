import { type FileHandle, link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DtmError, systemCode } from '../core/errors.ts';

/** Reads a text file; undefined if there is none. */
export async function readIfExists(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(undefinedIfMissing);
}

/** The names in a folder, none if it does not exist. */
export async function listNames(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(undefinedIfMissing)) ?? [];
}

/** Removes a file; it may be gone already. */
export async function removeIfExists(path: string): Promise<void> {
  await unlink(path).catch(undefinedIfMissing);
}

/** For `catch`: a missing file is undefined, any other failure stays one. */
export function undefinedIfMissing(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined;
  throw error;
}

/** Makes the names in a folder durable, where the platform lets folders be synced. Syncing a file does not save its name. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Writes a file so that a crash leaves either the old or the whole new content: temporary file, fsync, rename, fsync of
 * the folder.
 * @param mayReplace asked last of all; if it says no, the old content stays
 * @returns whether the content was replaced
 */
export async function writeDurably(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mayReplace: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<boolean> {
  return withTemporary(path, write, async (temporary) => {
    if (!(await mayReplace())) return false;
    await rename(temporary, path);
    return true;
  });
}

/** Creates a file with its whole content in one step. @returns false if there is one already, which stays as it is */
export async function createDurably(path: string, text: string): Promise<boolean> {
  return withTemporary(
    path,
    (file) => file.writeFile(text),
    (temporary) =>
      link(temporary, path).then(
        () => true,
        (error: unknown) => {
          if (systemCode(error) === 'EEXIST') return false;
          throw error;
        },
      ),
  );
}

let temporaries = 0;

/** Writes a temporary file durably, has it put in its place, and makes the place durable, too. */
async function withTemporary(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  place: (temporary: string) => Promise<boolean>,
): Promise<boolean> {
  const temporary = `${path}.${process.pid}-${temporaries++}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await place(temporary))) return false;
  } finally {
    await removeIfExists(temporary).catch(() => undefined);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Makes a folder and its parents durably, readable by the user alone. @throws DtmError `cannot-write` */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  if (first === undefined) return;
  // Each new folder is a name in the one above it.
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  ENOTDIR: 'a file is where a folder should be',
  EISDIR: 'a folder is where a file should be',
};

/** The error for a file that could not be written, in words. */
export function cannotWrite(path: string, cause: unknown): DtmError {
  const code = systemCode(cause) ?? 'unknown';
  return new DtmError('cannot-write', `cannot write ${path}: ${reasons[code] ?? code}`, {
    cause,
    hint: 'Nothing was changed. Make room or give write permission there, then try again.',
    details: { path, system: code },
  });
}
