/** A file as the disk knows it, whatever it is called. */
export type FileNumber = number;

/** What happened to the disk, in order. Names are paths below the recorded folder; '' is that folder. */
export type DiskEvent =
  | { readonly kind: 'enter'; readonly folder: string; readonly name: string; readonly target: FileNumber | 'folder' }
  | { readonly kind: 'leave'; readonly folder: string; readonly name: string }
  | { readonly kind: 'move'; readonly from: Place; readonly to: Place }
  | { readonly kind: 'write'; readonly file: FileNumber; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: FileNumber; readonly length: number }
  /** Everything about the file that was done before event number `before` is on the disk. */
  | { readonly kind: 'synced'; readonly file: FileNumber; readonly before: number }
  | { readonly kind: 'folder-synced'; readonly folder: string; readonly before: number };

export interface Place {
  readonly folder: string;
  readonly name: string;
}

/** What a program asked of the disk, as far as it mattered after a power failure. */
export class DiskLog {
  readonly events: DiskEvent[] = [];
  readonly #files = new Map<string, FileNumber>();
  #next = 1;

  /** The file behind a path; it is made if there is none. */
  file(path: string): FileNumber {
    return this.#files.get(path) ?? this.create(path);
  }

  exists(path: string): boolean {
    return this.#files.has(path);
  }

  create(path: string): FileNumber {
    const file = this.#next++;
    this.#files.set(path, file);
    this.events.push({ kind: 'enter', ...placeOf(path), target: file });
    return file;
  }

  makeFolder(path: string): void {
    this.events.push({ kind: 'enter', ...placeOf(path), target: 'folder' });
  }

  link(from: string, to: string): void {
    const file = this.file(from);
    this.#files.set(to, file);
    this.events.push({ kind: 'enter', ...placeOf(to), target: file });
  }

  move(from: string, to: string): void {
    this.#files.set(to, this.file(from));
    this.#files.delete(from);
    this.events.push({ kind: 'move', from: placeOf(from), to: placeOf(to) });
  }

  remove(path: string): void {
    this.#files.delete(path);
    this.events.push({ kind: 'leave', ...placeOf(path) });
  }
}

function placeOf(path: string): Place {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
