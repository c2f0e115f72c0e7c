import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskEvent, DiskLog, FileNumber, Place } from './diskLog.ts';

/** What a power failure leaves of what was never synced: `none` and `all` are the ends of what is legal. */
export type Leftover = 'none' | 'all' | 'some';

type Entries = Map<string, Map<string, FileNumber | 'folder'>>;

/**
 * What may be found after a power failure. Of each folder's changes that were not synced a beginning is there, of each
 * file's writes too, the last one possibly in part or as zeros. That a folder lists a file is a change of the folder:
 * syncing the file alone does not save it. A rename within the disk is there as a whole or not at all.
 */
export class CrashState {
  readonly #events: readonly DiskEvent[];
  readonly #leftover: Leftover;
  readonly #random: () => number;
  readonly #entries: Entries = new Map();

  /** @param end how many events had happened */
  constructor(log: DiskLog, end: number, leftover: Leftover, random: () => number) {
    this.#events = log.events.slice(0, end);
    this.#leftover = leftover;
    this.#random = random;
    this.#replayFolders();
  }

  /** Puts it into an empty folder. */
  async write(root: string, folder = ''): Promise<void> {
    for (const [name, target] of this.#entries.get(folder) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (target === 'folder') {
        await mkdir(join(root, path), { recursive: true });
        await this.write(root, path);
      } else await writeFile(join(root, path), this.#contentOf(target));
    }
  }

  #replayFolders(): void {
    const ends = new Map<string, number>();
    const endOf = (folder: string): number => {
      const end = ends.get(folder) ?? this.#endOfFolder(folder);
      ends.set(folder, end);
      return end;
    };
    const isThere = (index: number, ...places: readonly Place[]) => places.some(({ folder }) => index < endOf(folder));
    this.#events.forEach((event, index) => {
      if (event.kind === 'enter' && isThere(index, event)) this.#in(event.folder).set(event.name, event.target);
      if (event.kind === 'leave' && isThere(index, event)) this.#in(event.folder).delete(event.name);
      if (event.kind === 'move' && isThere(index, event.from, event.to)) this.#move(event.from, event.to);
    });
  }

  #move(from: Place, to: Place): void {
    const target = this.#in(from.folder).get(from.name);
    // What was renamed may itself have been lost before; then nothing is put in the place of what is there.
    if (target === undefined) return;
    this.#in(from.folder).delete(from.name);
    this.#in(to.folder).set(to.name, target);
  }

  #in(folder: string): Map<string, FileNumber | 'folder'> {
    const entries = this.#entries.get(folder) ?? new Map<string, FileNumber | 'folder'>();
    this.#entries.set(folder, entries);
    return entries;
  }

  /** The number of the first event of which the folder knows nothing. */
  #endOfFolder(folder: string): number {
    const synced = this.#events.reduce(
      (end, event) => (event.kind === 'folder-synced' && event.folder === folder ? Math.max(end, event.before) : end),
      0,
    );
    return synced + this.#share(this.#events.length - synced);
  }

  #contentOf(file: FileNumber): Buffer {
    const own = this.#events.flatMap((event, index) =>
      (event.kind === 'write' || event.kind === 'cut') && event.file === file ? [{ event, index }] : [],
    );
    const synced = this.#events.reduce(
      (end, event) => (event.kind === 'synced' && event.file === file ? Math.max(end, event.before) : end),
      0,
    );
    const safe = own.filter(({ index }) => index < synced).length;
    const kept = safe + this.#share(own.length - safe);
    let content = Buffer.alloc(0);
    for (const { event } of own.slice(0, kept)) content = after(content, event);
    const next = own[kept]?.event;
    return this.#leftover === 'some' && next?.kind === 'write' ? after(content, this.#torn(next)) : content;
  }

  /** A write of which only a beginning is there; what follows is missing, or zeros. */
  #torn(event: DiskEvent & { readonly kind: 'write' }): DiskEvent {
    const length = Math.floor(this.#random() * event.bytes.length);
    const bytes = Buffer.from(event.bytes);
    if (this.#random() < 0.5) return { ...event, bytes: bytes.subarray(0, length) };
    return { ...event, bytes: bytes.fill(0, length) };
  }

  #share(count: number): number {
    if (this.#leftover === 'none') return 0;
    return this.#leftover === 'all' ? count : Math.floor(this.#random() * (count + 1));
  }
}

function after(content: Buffer, event: DiskEvent): Buffer<ArrayBuffer> {
  if (event.kind === 'cut') return Buffer.concat([content.subarray(0, event.length)]);
  if (event.kind !== 'write') return Buffer.concat([content]);
  const gap = Buffer.alloc(Math.max(0, event.at - content.length));
  const rest = content.subarray(event.at + event.bytes.length);
  return Buffer.concat([content.subarray(0, event.at), gap, event.bytes, rest]);
}
