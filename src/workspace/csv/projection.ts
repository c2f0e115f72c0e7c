import { createHash } from 'node:crypto';
import { type FileHandle, link, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isDtmError, systemCode } from '../../core/errors.ts';
import { type EntityKind, entityKinds } from '../../core/ids.ts';
import type { Notice, VisibleState } from '../../core/ports.ts';
import { cannotWrite, makeFolder, readIfExists, writeDurably } from '../files.ts';
import { csvChunks, readCsv } from './csvTable.ts';

const fileNames = { project: 'projects.csv', sprint: 'sprints.csv', task: 'tasks.csv' } as const;
const memorySchema = z.record(z.string(), z.string());

export interface ProjectionOptions {
  /** The workspace folder; the files go to its `.dtm`. */
  readonly folder: string;
  readonly stateFolder: string;
  /** Bound workspaces keep the files out of git; a local-only tracker is meant to be committed. */
  readonly ignoredByGit: boolean;
  readonly workspaceId: string;
}

/**
 * Writes what the person sees as CSV files for people, spreadsheets and git. A file that was changed by someone else is
 * never overwritten unasked: the journal is the authority, and their text is theirs.
 */
export class CsvProjection {
  readonly #options: ProjectionOptions;
  /** Content hash of each file as this tracker last wrote it. */
  #written: Record<string, string> | undefined;

  constructor(options: ProjectionOptions) {
    this.#options = options;
  }

  get folder(): string {
    return join(this.#options.folder, '.dtm');
  }

  /**
   * Writes the three files where they differ from what is on disk.
   * @param force also over files that were changed outside; those are set aside first
   * @returns notices about files that could not be or were not written, and the paths set aside
   */
  async write(
    visible: VisibleState,
    force: boolean,
  ): Promise<{ readonly notices: readonly Notice[]; readonly setAside: readonly string[] }> {
    const notices: Notice[] = [];
    const setAside: string[] = [];
    // Another process, or the tracker of another binding, may have written since.
    this.#written = undefined;
    try {
      if (!force && (await this.#isUnused(visible))) return { notices, setAside };
      await this.#prepare();
      for (const kind of entityKinds) {
        const notice = await this.#writeKind(kind, visible, force, setAside);
        if (notice) notices.push(notice);
      }
    } catch (error) {
      notices.push(this.#failure(error));
    }
    return { notices, setAside };
  }

  /** A folder that is merely looked at gets no files. */
  async #isUnused(visible: VisibleState): Promise<boolean> {
    const isEmpty = entityKinds.every((kind) => visible.count(kind) === 0);
    return isEmpty && !(await exists(this.folder));
  }

  /** Makes `.dtm`, by which the folder is known as a workspace, and leaves the files to the next resident. */
  async markFolder(): Promise<void> {
    // Where it cannot be made, the next writing of the files says so.
    await this.#prepare().catch(() => undefined);
  }

  async #prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await createOnce(join(this.folder, 'workspace.json'), `${JSON.stringify({ id: this.#options.workspaceId })}\n`);
    if (this.#options.ignoredByGit) await createOnce(join(this.folder, '.gitignore'), '*\n');
  }

  async #writeKind(
    kind: EntityKind,
    visible: VisibleState,
    force: boolean,
    setAside: string[],
  ): Promise<Notice | undefined> {
    const path = join(this.folder, fileNames[kind]);
    const present = await readIfExists(path);
    const isOurs = present === undefined || (await this.#isOurs(kind, hashOf(present)));
    const chunks = await collect(csvChunks(kind, visible.all(kind)));
    const hash = hashOf(chunks);
    if (present !== undefined && hashOf(present) === hash) return this.#remember(kind, hash);
    if (!isOurs && !force) return changedOutside(kind, path, present ?? '');
    if (!isOurs) setAside.push(await this.#setAside(kind, path));
    // Said before it is done: should this process die in between, the file is still known as ours.
    await this.#remember(nextOf(kind), hash);
    const write = async (file: FileHandle) => {
      for (const chunk of chunks) await file.appendFile(chunk);
    };
    // Writing takes its time, in which someone may save the file in an editor.
    if (await writeDurably(path, write, async () => (await readIfExists(path)) === present))
      return this.#remember(kind, hash);
    return changedOutside(kind, path, (await readIfExists(path)) ?? '');
  }

  async #isOurs(kind: EntityKind, hash: string): Promise<boolean> {
    const memory = await this.#memory();
    return memory[kind] === hash || memory[nextOf(kind)] === hash;
  }

  async #memory(): Promise<Record<string, string>> {
    this.#written ??= await readMemory(join(this.#options.stateFolder, 'projection.json'));
    return this.#written;
  }

  /** @param key a kind, or what is about to be written for it; what was written takes its place */
  async #remember(key: string, hash: string): Promise<undefined> {
    const memory = await this.#memory();
    if (memory[key] === hash && memory[nextOf(key)] === undefined) return;
    memory[key] = hash;
    delete memory[nextOf(key)];
    const text = JSON.stringify(memory);
    await writeDurably(join(this.#options.stateFolder, 'projection.json'), (file) => file.writeFile(text));
  }

  async #setAside(kind: EntityKind, path: string): Promise<string> {
    const folder = join(this.#options.stateFolder, 'aside');
    await makeFolder(folder);
    const text = await readFile(path);
    const aside = join(folder, `${hashOf(text.toString()).slice(0, 12)}-${fileNames[kind]}`);
    await link(path, aside).catch(async (error: unknown) => {
      // Another disk, or set aside before: a copy serves as well.
      if (systemCode(error) !== 'EEXIST') await writeFile(aside, text);
    });
    return aside;
  }

  #failure(error: unknown): Notice {
    const problem = isDtmError(error) ? error : cannotWrite(this.folder, error);
    return {
      code: 'csv-not-written',
      message: problem.message,
      hint: 'Your changes are safe in the journal; the CSV files follow as soon as the folder can be written.',
      file: this.folder,
    };
  }
}

function nextOf(key: string): string {
  return `${key}-next`;
}

/** Collects without blocking the event loop for longer than one chunk takes. */
async function collect(parts: Iterable<string>): Promise<string[]> {
  const chunks: string[] = [];
  for (const chunk of parts) {
    chunks.push(chunk);
    await new Promise((resume) => setImmediate(resume));
  }
  return chunks;
}

function changedOutside(kind: EntityKind, path: string, text: string): Notice {
  const name = `.dtm/${fileNames[kind]}`;
  const hint = 'It was left as it is. Rewrite the CSV files to have DTM replace it; your version is kept aside.';
  return { code: 'csv-changed-outside', message: `${name} ${outsideProblem(kind, text)}`, hint, file: path };
}

function outsideProblem(kind: EntityKind, text: string): string {
  try {
    const first = readCsv(kind, text).problems[0];
    return first ? `is damaged, line ${first.line}: ${first.message}` : 'was changed outside DTM';
  } catch (error) {
    return `is damaged, ${isDtmError(error) ? error.message : String(error)}`;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function createOnce(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}

async function readMemory(path: string): Promise<Record<string, string>> {
  const text = await readIfExists(path);
  if (text === undefined) return {};
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch {
    // Without the memory every file counts as changed outside: nothing is overwritten, and the person is told.
    return {};
  }
}

function hashOf(text: string | readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of typeof text === 'string' ? [text] : text) hash.update(part);
  return hash.digest('hex');
}
