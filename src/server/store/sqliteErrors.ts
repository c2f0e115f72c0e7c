import { DtmError } from '../../core/errors.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
export const resultCodes = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
} as const;

/** The primary result code of an error of SQLite; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Whether an error says that a file is no sound database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === resultCodes.corrupt || code === resultCodes.notDatabase;
}

const reasons: Readonly<Record<number, string>> = {
  [resultCodes.busy]: 'the database of the server is locked by another program',
  [resultCodes.readOnly]: 'the database of the server cannot be written',
  [resultCodes.ioError]: 'the disk of the server does not take or give data',
  [resultCodes.full]: 'the disk of the server is full',
  [resultCodes.cannotOpen]: 'the database of the server cannot be opened',
};

/** Whether the disk does not take what is written: full, failing or write-protected. */
export function isFailingDisk(error: unknown): boolean {
  const { readOnly, ioError, full } = resultCodes;
  return [readOnly, ioError, full].some((code) => code === sqliteCode(error));
}

/**
 * Turns failures of the machine, which pass when somebody repairs it, into errors that may be told.
 * @throws DtmError `unavailable`, retryable; every other error as it is
 */
export async function tellable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = reasons[sqliteCode(error) ?? 0];
    if (reason === undefined) throw error;
    throw new DtmError('unavailable', reason, {
      hint: 'Nothing was changed; try again when the administrator has made room or repaired it.',
      cause: error,
      retryable: true,
    });
  }
}
