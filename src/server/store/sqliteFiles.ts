import { statSync } from 'node:fs';
import { DtmError } from '../../core/errors.ts';

/**
 * Watches whether the files of a database are still those that were opened. An open file goes on working after it was
 * removed or replaced, but what is written to it then is gone with the process.
 */
export class SqliteFiles {
  readonly #names: readonly string[];
  readonly #opened: readonly string[];

  /** @param file the database, which is open and in WAL mode */
  constructor(file: string) {
    this.#names = [file, `${file}-wal`];
    this.#opened = this.#names.map(identityOf);
  }

  areInPlace(): boolean {
    return this.#names.every((name, index) => identityOf(name) === this.#opened[index]);
  }

  /** @throws DtmError `unavailable` */
  requireInPlace(): void {
    if (this.areInPlace()) return;
    throw new DtmError('unavailable', 'the database file of the server was removed or replaced while it was in use', {
      hint: 'Nothing was changed; tell the administrator to put the file back, or to restart the server.',
    });
  }
}

function identityOf(name: string): string {
  const found = statSync(name, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : 'gone';
}
