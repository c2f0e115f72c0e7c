import { Buffer } from 'node:buffer';
import type { PathLike } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';
import { DiskLog, type FileNumber } from './diskLog.ts';

type Data = string | Uint8Array;
type Flags = string | number | undefined;

/**
 * Records what this process does to the files below a folder, while it is really done. Only the calls that the product
 * uses are known; a new one that writes makes the recording fail rather than miss it.
 */
export function recordDisk(root: string): { readonly log: DiskLog; readonly stop: () => void } {
  const log = new DiskLog();
  const real = { ...fs };
  const below = (path: unknown): string | undefined => {
    const name = relative(root, String(path));
    return name.startsWith('..') ? undefined : name;
  };
  /** What opening a file with these flags does to it. */
  const opened = (path: string, flags: Flags): FileNumber => {
    const isThere = log.exists(path);
    const file = log.file(path);
    if (isThere && String(flags).startsWith('w')) log.events.push({ kind: 'cut', file, length: 0 });
    return file;
  };
  const wholeWrite = (path: unknown, data: unknown): void => {
    const name = below(path);
    if (name === undefined) return;
    log.events.push({ kind: 'write', file: opened(name, 'w'), at: 0, bytes: bytesOf(data as Data) });
  };
  const recorded = {
    open: async (path: PathLike, flags?: Flags, mode?: number): Promise<FileHandle> => {
      const handle = await real.open(path, flags, mode);
      const name = below(path);
      if (name === undefined) return handle;
      const writes = /^[wa]|\+/.test(String(flags));
      if (writes) return recordedFile(handle, log, opened(name, flags), String(flags).startsWith('a'));
      return recordedFolder(handle, log, name);
    },
    writeFile: async (path: PathLike | FileHandle, data: Data, options?: Parameters<typeof fs.writeFile>[2]) => {
      await real.writeFile(path, data, options);
      wholeWrite(path, data);
    },
    copyFile: async (from: PathLike, to: PathLike) => {
      await real.copyFile(from, to);
      wholeWrite(to, await real.readFile(from));
    },
    rename: async (from: PathLike, to: PathLike) => {
      await real.rename(from, to);
      const [old, name] = [below(from), below(to)];
      if (old !== undefined && name !== undefined) log.move(old, name);
    },
    link: async (from: PathLike, to: PathLike) => {
      await real.link(from, to);
      const [old, name] = [below(from), below(to)];
      if (old !== undefined && name !== undefined) log.link(old, name);
    },
    unlink: async (path: PathLike) => {
      await real.unlink(path);
      const name = below(path);
      if (name !== undefined) log.remove(name);
    },
    rm: async (path: PathLike, options?: Parameters<typeof fs.rm>[1]) => {
      const isThere = await real.stat(path).catch(() => undefined);
      await real.rm(path, options);
      const name = below(path);
      if (isThere && name !== undefined) log.remove(name);
    },
    truncate: async (path: PathLike, length = 0) => {
      await real.truncate(path, length);
      const name = below(path);
      if (name !== undefined) log.events.push({ kind: 'cut', file: log.file(name), length });
    },
    mkdir: async (path: PathLike, options?: Parameters<typeof fs.mkdir>[1]) => {
      const first = await real.mkdir(path, options);
      const [top, name] = [first === undefined ? undefined : below(first), below(path)];
      if (top !== undefined && name !== undefined) for (const folder of downFrom(top, name)) log.makeFolder(folder);
      return first;
    },
    appendFile: unknown('appendFile'),
    cp: unknown('cp'),
    rmdir: unknown('rmdir'),
    symlink: unknown('symlink'),
  };
  const install = (calls: object): void => {
    Object.assign(fs, calls);
    syncBuiltinESMExports();
  };
  install(recorded);
  return { log, stop: () => install(real) };
}

function unknown(name: string): () => never {
  return () => {
    throw new Error(`${name} is not recorded: add it to recordDisk.ts`);
  };
}

/** A file that is open for writing: what is written through it, and when it was synced. */
function recordedFile(handle: FileHandle, log: DiskLog, file: FileNumber, isAppended: boolean): FileHandle {
  let position = 0;
  const write = async (data: Data): Promise<void> => {
    if (isAppended) position = (await handle.stat()).size;
    await handle.appendFile(data);
    const bytes = bytesOf(data);
    log.events.push({ kind: 'write', file, at: position, bytes });
    position += bytes.length;
  };
  const sync = (how: 'sync' | 'datasync') => async (): Promise<void> => {
    const before = log.events.length;
    await handle[how]();
    log.events.push({ kind: 'synced', file, before });
  };
  const truncate = async (length = 0): Promise<void> => {
    await handle.truncate(length);
    log.events.push({ kind: 'cut', file, length });
  };
  const own = { appendFile: write, writeFile: write, sync: sync('sync'), datasync: sync('datasync'), truncate };
  return overlaid(handle, { ...own, write: unknown('write'), writev: unknown('writev') });
}

function recordedFolder(handle: FileHandle, log: DiskLog, folder: string): FileHandle {
  const sync = async (): Promise<void> => {
    const before = log.events.length;
    await handle.sync();
    log.events.push({ kind: 'folder-synced', folder, before });
  };
  return overlaid(handle, { sync, datasync: sync });
}

function overlaid(handle: FileHandle, own: Readonly<Record<string, unknown>>): FileHandle {
  return new Proxy(handle, {
    get(target, key) {
      if (typeof key === 'string' && Object.hasOwn(own, key)) return own[key];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const bytesOf = (data: Data): Buffer => Buffer.from(data as Uint8Array);

/** `a/b` and `a/b/c/d` give `a/b`, `a/b/c`, `a/b/c/d`. */
function downFrom(top: string, path: string): string[] {
  const rest = path.slice(top.length).split('/').filter(Boolean);
  return [top, ...rest.map((_, index) => [top, ...rest.slice(0, index + 1)].join('/'))];
}
