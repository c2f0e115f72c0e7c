import { join } from 'node:path';
import * as z from 'zod';
import type { EntityKind } from '../../core/ids.ts';
import { readIfExists, writeDurably } from '../files.ts';

const fileMemory = z.object({
  /** Content hash of the file as it was last written. */
  written: z.string().optional(),
  /** What is about to be written: should the process die in between, the file is still known as ours. */
  next: z.string().optional(),
  /** Of the copy that edits are compared with. */
  base: z.string().optional(),
  /** Names of columns that somebody else added. */
  extras: z.array(z.string()).optional(),
});
const memorySchema = z.object({
  /** The files were made here, or the person trusts them. */
  trusted: z.boolean().optional(),
  /** The tracker whose data the files show. */
  tracker: z.string().optional(),
  files: z.partialRecord(z.enum(['project', 'sprint', 'task']), fileMemory),
});

export type FileMemory = Readonly<z.infer<typeof fileMemory>>;
type Memory = z.infer<typeof memorySchema>;

/** What this user's processes know of the CSV files that they wrote: `projection.json` in the workspace's state. */
export class ProjectionMemory {
  readonly #path: string;
  #memory: Memory = { files: {} };

  constructor(stateFolder: string) {
    this.#path = join(stateFolder, 'projection.json');
  }

  /** Another process may have written since. */
  async reload(): Promise<void> {
    this.#memory = await read(this.#path);
  }

  get trusted(): boolean {
    return this.#memory.trusted ?? false;
  }
  get tracker(): string | undefined {
    return this.#memory.tracker;
  }

  of(kind: EntityKind): FileMemory {
    return this.#memory.files[kind] ?? {};
  }

  isOurs(kind: EntityKind, hash: string): boolean {
    const { written, next } = this.of(kind);
    return hash === written || hash === next;
  }

  async keep(kind: EntityKind, file: FileMemory): Promise<void> {
    const before = this.of(kind);
    if (JSON.stringify(before) === JSON.stringify(file)) return;
    this.#memory = { ...this.#memory, files: { ...this.#memory.files, [kind]: file } };
    await this.#save();
  }

  async keepTrust(tracker: string | undefined): Promise<void> {
    if (this.trusted && this.tracker === tracker) return;
    this.#memory = { ...this.#memory, trusted: true, ...(tracker === undefined ? {} : { tracker }) };
    await this.#save();
  }

  async #save(): Promise<void> {
    const text = JSON.stringify(this.#memory);
    await writeDurably(this.#path, (file) => file.writeFile(text));
  }
}

async function read(path: string): Promise<Memory> {
  const text = await readIfExists(path);
  try {
    return text === undefined ? { files: {} } : memorySchema.parse(JSON.parse(text));
  } catch {
    // Without the memory every file counts as changed outside: nothing is overwritten, and the person is asked.
    return { files: {} };
  }
}
