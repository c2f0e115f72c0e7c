import { type FileHandle, open, stat } from 'node:fs/promises';
import { cannotWrite, undefinedIfMissing } from './files.ts';

interface Waiting {
  readonly lines: string;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The segment is not where it was: somebody archived it, so nobody would read what is appended. None of it counts. */
export class SegmentMoved extends Error {}

/**
 * Appends lines to this process's own journal segment. Callers that come while a write is under way share the next one
 * (group commit): one write, one fsync.
 */
export class SegmentWriter {
  readonly path: string;
  readonly #file: FileHandle;
  #size = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #broken = false;
  #moved = false;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Makes a new, empty segment. @throws DtmError `cannot-write` */
  static async create(path: string): Promise<SegmentWriter> {
    const file = await open(path, 'ax', 0o600).catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    return new SegmentWriter(path, file);
  }

  /** Bytes that are surely in the file. */
  get size(): number {
    return this.#size;
  }

  /** True after a failed write: what is in the file beyond `size` is not known, so a new segment must be used. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Appends whole lines.
   * @param durable resolve only after fsync
   * @throws DtmError `cannot-write`, {@link SegmentMoved}; then none of the lines counts
   */
  append(lines: string, durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, durable, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
        for (const one of batch) one.resolve();
      } catch (error) {
        const told = error instanceof SegmentMoved ? error : cannotWrite(this.path, error);
        for (const one of batch) one.reject(told);
      }
    }
    this.#running = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#moved) throw new SegmentMoved();
    if (this.#broken) throw new Error('the segment is broken');
    const bytes = Buffer.from(batch.map((one) => one.lines).join(''));
    try {
      await this.#file.appendFile(bytes);
      if (batch.some((one) => one.durable)) await this.#file.datasync();
      // After it was written: whoever archives looks again after that, too.
      this.#moved = !(await this.#isInPlace());
      if (this.#moved) throw new SegmentMoved();
      this.#size += bytes.length;
    } catch (error) {
      this.#broken = true;
      // What was refused must not come back by replay: cut it off where that is still possible.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  /** Names of segments are never used twice: where there is one, it is this file. */
  async #isInPlace(): Promise<boolean> {
    return (await stat(this.path).catch(undefinedIfMissing)) !== undefined;
  }
}
