import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DtmError } from '../../core/errors.ts';

/** The embedded database of a data folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'dtm.sqlite');
}

/** Makes a data folder that only its owner can read. @throws DtmError `cannot-write` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotUseFolder(folder, error);
  }
}

export function cannotUseFolder(folder: string, cause: unknown): DtmError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DtmError('cannot-write', `the data folder ${folder} cannot be used: ${reason}`, {
    hint: 'Check that it exists, is writable and not full, or choose another one with DTM_DATA_DIR (--data-dir).',
    cause,
  });
}
