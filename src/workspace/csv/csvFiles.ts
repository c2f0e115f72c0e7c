import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DtmError, systemCode } from '../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import { undefinedIfMissing } from '../files.ts';
import { hashOf } from './projectedRows.ts';

const fileNames = { project: 'projects.csv', sprint: 'sprints.csv', task: 'tasks.csv' } as const;

const largestFile = 512 * 1024 * 1024;

/** A file of the workspace as it stands there. */
export interface PresentFile {
  readonly kind: EntityKind;
  readonly path: string;
  /** As people call it: `.dtm/tasks.csv`. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly hash: string;
}

/** The three CSV files of a workspace. */
export class CsvFiles {
  /** `<workspace>/.dtm`. */
  readonly folder: string;

  constructor(workspace: string) {
    this.folder = join(workspace, '.dtm');
  }

  path(kind: EntityKind): string {
    return join(this.folder, fileNames[kind]);
  }

  name(kind: EntityKind): string {
    return `.dtm/${fileNames[kind]}`;
  }

  fileName(kind: EntityKind): string {
    return fileNames[kind];
  }

  /** A file that holds nothing counts as none: there is nothing in it to lose. */
  async read(kind: EntityKind): Promise<PresentFile | undefined> {
    const path = this.path(kind);
    const found = await stat(path).catch(undefinedIfNone);
    if (found && (!found.isFile() || found.size > largestFile)) throw noTable(this.name(kind), found.isFile());
    const bytes = await readFile(path).catch(undefinedIfNone);
    if (!bytes || isBlank(bytes)) return undefined;
    return { kind, path, name: this.name(kind), bytes, hash: hashOf(bytes) };
  }

  /** Changes whenever a file does, and costs little. */
  async signature(): Promise<string> {
    const found = await this.#stat();
    return found.map((one) => (one ? `${one.ino} ${one.size} ${one.mtimeNs}` : '-')).join(', ');
  }

  /** How long ago the youngest of the files was written, in milliseconds; undefined if there is none. */
  async age(): Promise<number | undefined> {
    const times = (await this.#stat()).flatMap((one) => (one ? [Number(one.mtimeMs)] : []));
    return times.length === 0 ? undefined : Date.now() - Math.max(...times);
  }

  #stat(): Promise<(BigIntStats | undefined)[]> {
    return Promise.all(entityKinds.map((kind) => stat(this.path(kind), { bigint: true }).catch(undefinedIfNone)));
  }
}

/** A folder that came from elsewhere may hold anything: a device that never ends, a pipe that nobody writes to. */
function noTable(name: string, isFile: boolean): DtmError {
  const message = isFile ? `${name} is larger than 512 MiB` : `${name} is no ordinary file`;
  return new DtmError('cannot-read', message, { hint: 'Move it away: DTM writes it anew.' });
}

/** Where something else stands in the folder's place, there are no files. */
function undefinedIfNone(error: unknown): undefined {
  return systemCode(error) === 'ENOTDIR' ? undefined : undefinedIfMissing(error);
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length < 1_000 && bytes.toString('utf8').replace('\ufeff', '').trim() === '';
}
