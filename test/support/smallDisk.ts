import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../src/core/errors.ts';
import { type RunningProcess, startProcess } from './processes.ts';

const pageBytes = 4_096;

/**
 * A file system of its own that holds little: a tmpfs in a mount namespace, which needs no rights where the system lets
 * users have namespaces. Others reach it through the process that keeps it.
 */
export class SmallDisk {
  readonly folder: string;
  readonly #keeper: RunningProcess;

  private constructor(folder: string, keeper: RunningProcess) {
    this.folder = folder;
    this.#keeper = keeper;
  }

  /**
   * @param mountPoint an empty folder; outside it stays empty
   * @returns why there can be none here
   */
  static async mount(mountPoint: string, megabytes: number): Promise<SmallDisk | string> {
    if (process.platform !== 'linux') return 'only Linux has mount namespaces';
    const mount = `mount -t tmpfs -o size=${megabytes}m dtm "$0" && echo mounted && exec sleep 3600`;
    const keeper = await startProcess('unshare', ['-rm', 'sh', '-c', mount, mountPoint]).catch(String);
    if (typeof keeper === 'string') return keeper;
    const line = await keeper.waitForLine(/./);
    if (line !== 'mounted') return `no mount namespaces for this user: ${line}`;
    return new SmallDisk(`/proc/${keeper.pid}/root${mountPoint}`, keeper);
  }

  /** Takes what room there is. @returns how many bytes that was */
  async fill(): Promise<number> {
    let bytes = 0;
    for (let size = 64 * pageBytes; size >= pageBytes; ) {
      const isWritten = await this.#append(size);
      if (isWritten) bytes += size;
      else size /= 2;
    }
    return bytes;
  }

  /** Gives the room back. */
  async clear(): Promise<void> {
    await rm(this.#ballast);
  }

  async unmount(): Promise<void> {
    await this.#keeper.kill();
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  async #append(size: number): Promise<boolean> {
    try {
      await writeFile(this.#ballast, Buffer.alloc(size), { flag: 'a' });
      return true;
    } catch (error) {
      if (systemCode(error) !== 'ENOSPC') throw error;
      return false;
    }
  }
}
