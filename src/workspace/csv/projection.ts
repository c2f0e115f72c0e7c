import { type FileHandle, link, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DtmError, isDtmError, systemCode } from '../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import type { Notice, VisibleState } from '../../core/ports.ts';
import { cannotWrite, listNames, makeFolder, removeIfExists, undefinedIfMissing, writeDurably } from '../files.ts';
import { CsvFiles, type PresentFile } from './csvFiles.ts';
import { csvChunks, type ExtraColumns, noExtraColumns } from './csvTable.ts';
import { extraColumnsOf, readOutsideTable } from './outsideTable.ts';
import { hashOf, ProjectedRows } from './projectedRows.ts';
import { ProjectionMemory } from './projectionMemory.ts';

const keptAside = 50;

export interface ProjectionOptions {
  /** The workspace folder; the files go to its `.dtm`. */
  readonly folder: string;
  readonly stateFolder: string;
  /** Bound workspaces keep the files out of git; a local-only tracker is meant to be committed. */
  readonly ignoredByGit: boolean;
  readonly workspaceId: string;
  /** Names the tracker whose data the files show. */
  readonly tracker: string;
  /** Whether the person trusts the folder, where the surface knows; else it is asked for once. */
  readonly isTrusted?: (() => boolean) | undefined;
}

/** What may be written over, and with which columns of others. */
export interface WriteOptions {
  /** Also over files that were changed outside; those are set aside first. */
  readonly force: boolean;
  /** Hashes of files that were changed outside, and of which everything was taken in. */
  readonly settled?: ReadonlyMap<EntityKind, string>;
  readonly extras?: ReadonlyMap<EntityKind, ExtraColumns>;
}

export interface Written {
  /** What could not be written. */
  readonly notices: readonly Notice[];
  readonly setAside: readonly string[];
}

/**
 * Writes what the person sees as CSV files for people, spreadsheets and git. A file that was changed by someone else is
 * never overwritten unread: the journal is the authority, and their text is theirs.
 */
export class CsvProjection {
  readonly files: CsvFiles;
  readonly memory: ProjectionMemory;
  readonly rows: ProjectedRows;
  readonly #options: ProjectionOptions;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.files = new CsvFiles(options.folder);
    this.memory = new ProjectionMemory(options.stateFolder);
    this.rows = new ProjectedRows(options.stateFolder);
  }

  /** Whether something may be read from files that were not written here. */
  get isTrusted(): boolean {
    return this.#options.isTrusted?.() ?? this.memory.trusted;
  }

  /** The files show the data of another tracker of this workspace: what was edited in them is not for this one. */
  get isOfOther(): boolean {
    const { tracker } = this.memory;
    return tracker !== undefined && tracker !== this.#options.tracker;
  }

  /** Whether a file may have been changed outside; cheap where none was touched since this was last asked. */
  async mayHaveChanged(): Promise<boolean> {
    const signature = await this.files.signature();
    if ((await this.rows.seen()) === signature) return false;
    await this.memory.reload();
    if ((await this.changed()).length > 0) return true;
    await this.rows.keepSeen(signature);
    return false;
  }

  /** The files that are not as they were written here. */
  async changed(): Promise<PresentFile[]> {
    const files = await Promise.all(entityKinds.map((kind) => this.files.read(kind)));
    return files.filter((file) => file !== undefined).filter(({ kind, hash }) => !this.memory.isOurs(kind, hash));
  }

  /** The person trusts what stands in the folder. */
  async trust(): Promise<void> {
    await makeFolder(this.#options.stateFolder);
    await this.memory.reload();
    await this.memory.keepTrust(this.memory.tracker);
  }

  /** Writes the three files where they differ from what is on disk. */
  async write(visible: VisibleState, options: WriteOptions): Promise<Written> {
    const notices: Notice[] = [];
    const setAside: string[] = [];
    try {
      // Another process, or the tracker of another binding, may have written since.
      await this.memory.reload();
      if (!options.force && ((await this.#isUnused(visible)) || (await this.#isNotOurs())))
        return { notices, setAside };
      await this.#prepare();
      await this.#takeOver();
      for (const kind of entityKinds) await this.#writeKind(kind, visible, options, setAside);
    } catch (error) {
      notices.push(this.#failure(error));
    }
    return { notices, setAside };
  }

  /** Makes `.dtm`, by which the folder is known as a workspace, and leaves the files to the next resident. */
  async markFolder(): Promise<void> {
    // Where it cannot be made, the next writing of the files says so.
    await this.#prepare().catch(() => undefined);
  }

  /** A folder that is merely looked at gets no files. */
  async #isUnused(visible: VisibleState): Promise<boolean> {
    const isEmpty = entityKinds.every((kind) => visible.count(kind) === 0);
    return isEmpty && !(await stat(this.files.folder).catch(undefinedIfMissing));
  }

  /** Files that came with the folder stay alone until the person trusts them, and edits meant for another tracker, too. */
  async #isNotOurs(): Promise<boolean> {
    if (this.isTrusted && !this.isOfOther) return false;
    return (await this.changed()).length > 0;
  }

  async #prepare(): Promise<void> {
    const { folder } = this.files;
    const found = await lstat(folder).catch(undefinedIfMissing);
    if (found?.isSymbolicLink() && !this.isTrusted) throw leadsElsewhere(folder);
    await mkdir(folder, { recursive: true });
    await createOnce(join(folder, 'workspace.json'), `${JSON.stringify({ id: this.#options.workspaceId })}\n`);
    if (this.#options.ignoredByGit) await createOnce(join(folder, '.gitignore'), '*\n');
  }

  async #takeOver(): Promise<void> {
    if (this.isOfOther) for (const kind of entityKinds) await this.rows.forget(kind);
    await this.memory.keepTrust(this.#options.tracker);
  }

  async #writeKind(kind: EntityKind, visible: VisibleState, options: WriteOptions, setAside: string[]): Promise<void> {
    const path = this.files.path(kind);
    const present = await this.files.read(kind);
    const isOurs = !present || this.memory.isOurs(kind, present.hash);
    const isSettled = present !== undefined && options.settled?.get(kind) === present.hash;
    if (!isOurs && !isSettled && !options.force) return;
    const extra = options.extras?.get(kind) ?? (await this.#extrasOf(kind, present));
    const text = await collect(csvChunks(kind, visible.all(kind), extra));
    const hash = hashOf(text);
    if (present?.hash !== hash) {
      const before = isOurs ? present?.bytes.toString('utf8') : await this.rows.baseText(kind);
      if (before !== undefined) await this.rows.supersede(kind, before, text);
      if (!isOurs) setAside.push(await this.#setAside(kind, path));
      await this.memory.keep(kind, { ...this.memory.of(kind), next: hash });
      const write = (file: FileHandle) => file.writeFile(text);
      // Writing takes its time, in which someone may save the file in an editor.
      const isSame = async () => (await this.files.read(kind))?.hash === present?.hash;
      if (!(await writeDurably(path, write, isSame))) return;
    }
    const hasBase = this.memory.of(kind).base === hash && (await this.rows.hasBase(kind));
    if (!hasBase) await this.rows.keepBase(kind, text);
    await this.memory.keep(kind, {
      written: hash,
      base: hash,
      ...(extra.names.length === 0 ? {} : { extras: [...extra.names] }),
    });
  }

  /** The columns that others added stay, as long as the file with them is there. */
  async #extrasOf(kind: EntityKind, present: PresentFile | undefined): Promise<ExtraColumns> {
    const isKnown = (this.memory.of(kind).extras?.length ?? 0) > 0;
    if (!present || !isKnown) return noExtraColumns;
    return extraColumnsOf(await readOutsideTable(kind, present.bytes), new Map());
  }

  async #setAside(kind: EntityKind, path: string): Promise<string> {
    const folder = join(this.#options.stateFolder, 'aside');
    await makeFolder(folder);
    const text = await readFile(path);
    const aside = join(folder, `${hashOf(text).slice(0, 12)}-${this.files.fileName(kind)}`);
    await this.#pruneAside(folder);
    await link(path, aside).catch(async (error: unknown) => {
      // Another disk, or set aside before: a copy serves as well.
      if (systemCode(error) !== 'EEXIST') await writeFile(aside, text);
    });
    return aside;
  }

  /** Enough to find what was overwritten by mistake. */
  async #pruneAside(folder: string): Promise<void> {
    const names = (await listNames(folder)).filter((name) => /^[0-9a-f]{12}-\w+\.csv$/.test(name));
    const found = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(folder, name))).ctimeMs })),
    );
    const old = found.toSorted((a, b) => b.at - a.at).slice(keptAside);
    for (const { name } of old) await removeIfExists(join(folder, name));
  }

  #failure(error: unknown): Notice {
    const problem = isDtmError(error) ? error : cannotWrite(this.files.folder, error);
    return {
      code: 'csv-not-written',
      message: problem.message,
      hint: 'Your changes are safe in the journal; the CSV files follow as soon as the folder can be written.',
      file: this.files.folder,
    };
  }
}

/** A folder from elsewhere must not have files written to a place that it chose. */
function leadsElsewhere(folder: string): DtmError {
  return new DtmError('cannot-write', `${folder} is a link to another place`, {
    hint: 'Trust the folder if that is meant, or remove the link.',
  });
}

/** Collects without blocking the event loop for longer than one chunk takes. */
async function collect(parts: Iterable<string>): Promise<string> {
  const chunks: string[] = [];
  for (const chunk of parts) {
    chunks.push(chunk);
    await new Promise((resume) => setImmediate(resume));
  }
  return chunks.join('');
}

async function createOnce(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}
