import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { type Binding, bindingSchema, type KnownTracker } from '../core/binding.ts';
import { DtmError } from '../core/errors.ts';
import { jsonEqual } from '../core/json.ts';
import { createDurably, listNames, makeFolder, readIfExists, writeDurably } from './files.ts';

const recordSchema = z.object({
  folder: z.string().nullable(),
  /** Written to `.dtm/workspace.json`, so that a moved folder finds its state. */
  workspaceId: z.string(),
  binding: bindingSchema.nullable(),
});
type WorkspaceRecord = z.infer<typeof recordSchema>;

/** The state of one workspace folder, in the user's own state folder: which server it belongs to, and where its data is. */
export class WorkspaceState {
  /** `<state home>/workspaces/<key>`. */
  readonly root: string;
  #record: WorkspaceRecord;

  private constructor(root: string, record: WorkspaceRecord) {
    this.root = root;
    this.#record = record;
  }

  /**
   * Finds the state of a folder; undefined is the personal workspace of windows without a folder. Writes nothing.
   * @param newId makes the id of a workspace that has no state yet
   * @throws DtmError `no-workspace` if the folder does not exist
   */
  static async open(stateHome: string, folder: string | undefined, newId: () => string): Promise<WorkspaceState> {
    const real = folder === undefined ? null : await realFolder(folder);
    const root = join(stateHome, 'workspaces', real === null ? 'personal' : keyOf(real));
    const record = await readRecord(root);
    return new WorkspaceState(root, record ?? { folder: real, workspaceId: newId(), binding: null });
  }

  get binding(): Binding | undefined {
    return this.#record.binding ?? undefined;
  }
  get workspaceId(): string {
    return this.#record.workspaceId;
  }
  /** The workspace folder with all links resolved; undefined for the personal workspace. */
  get folder(): string | undefined {
    return this.#record.folder ?? undefined;
  }

  /** Where journal, base image and lease of the present binding are: each binding has its own, so none is ever mixed. */
  get trackerFolder(): string {
    return this.folderOf(this.binding);
  }

  folderOf(binding: Binding | undefined): string {
    return join(this.#trackers, this.nameOf(binding));
  }

  /** The name of a binding's tracker in this workspace. */
  nameOf(binding: Binding | undefined): string {
    if (!binding) return localName;
    return digest([binding.serverId, binding.datasetId, binding.account, binding.dialect].join('\n'));
  }

  /** The trackers that this workspace has: the local one, then those of the servers that it belongs or belonged to. */
  async trackers(): Promise<readonly KnownTracker[]> {
    const names = (await listNames(this.#trackers)).toSorted();
    const found = await Promise.all(
      names.filter((name) => name !== localName).map((name) => readKnown(join(this.#trackers, name), name)),
    );
    return [{ name: localName, binding: undefined }, ...found.filter((one) => one !== undefined)];
  }

  /**
   * Reads the record again.
   * @returns whether another process changed the binding meanwhile, if only the address of the server
   */
  async reload(): Promise<boolean> {
    const record = await readRecord(this.root);
    const before = this.#record.binding;
    if (record) this.#record = record;
    return !jsonEqual(this.#record.binding, before);
  }

  /** Binds the workspace. What belongs to the binding of before stays as it is, and can be found: {@link trackers}. */
  async bind(binding: Binding | undefined): Promise<void> {
    for (const one of [this.binding, binding]) if (one) await this.#remember(one);
    await this.#save({ ...this.#record, binding: binding ?? null });
  }

  /** Adds projects to those that the present binding is limited to, if it is. */
  async includeProjects(projectIds: readonly string[]): Promise<void> {
    const mine = this.binding;
    if (!mine?.projects || projectIds.every((id) => mine.projects?.includes(id))) return;
    // Another process may have added some, or bound the workspace elsewhere, which is followed in its own time.
    const now = (await readRecord(this.root))?.binding ?? undefined;
    if (!now?.projects || this.nameOf(now) !== this.nameOf(mine)) return;
    await this.bind({ ...now, projects: [...new Set([...now.projects, ...projectIds])] });
  }

  /** Makes the folders; called before the first write, so that merely looking leaves no trace. */
  async prepare(trackerFolder: string): Promise<void> {
    await makeFolder(trackerFolder);
    if ((await readRecord(this.root)) !== undefined) return;
    // Never in the place of what another process wrote at the same moment: that may be a binding.
    await createDurably(this.#path, JSON.stringify(this.#record));
  }

  get #trackers(): string {
    return join(this.root, 'trackers');
  }

  /** Beside the data, so that it is known whose they are even if the workspace's record is lost. */
  async #remember(binding: Binding): Promise<void> {
    const folder = this.folderOf(binding);
    await makeFolder(folder);
    await writeDurably(join(folder, bindingFile), (file) => file.writeFile(JSON.stringify(binding)));
  }

  get #path(): string {
    return join(this.root, 'workspace.json');
  }

  async #save(record: WorkspaceRecord): Promise<void> {
    await makeFolder(this.root);
    await writeDurably(this.#path, (file) => file.writeFile(JSON.stringify(record)));
    this.#record = record;
  }
}

const localName = 'local';
const bindingFile = 'binding.json';

/** Undefined where nothing says whose data they are: nobody ever finished binding to it. */
async function readKnown(folder: string, name: string): Promise<KnownTracker | undefined> {
  const text = await readIfExists(join(folder, bindingFile));
  if (text === undefined) return undefined;
  try {
    return { name, binding: bindingSchema.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

async function readRecord(root: string): Promise<WorkspaceRecord | undefined> {
  const path = join(root, 'workspace.json');
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new DtmError('damaged-file', `${path} is damaged`, {
      cause,
      hint: 'Rename it and bind the workspace again; the journals in the folder beside it are untouched.',
    });
  }
}

async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch((cause: unknown) => {
    throw new DtmError('no-workspace', `there is no folder ${folder}`, {
      cause,
      hint: 'Create it, or choose another folder.',
    });
  });
}

function keyOf(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 40);
  return `${name}-${digest(folder)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
