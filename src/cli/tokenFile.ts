import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { DtmError, systemCode } from '../core/errors.ts';
import type { TokenStore } from '../core/ports.ts';
import { withFileLock } from '../workspace/fileLock.ts';

const contents = z.object({ version: z.literal(1), tokens: z.record(z.string(), z.string()) });
type Tokens = z.infer<typeof contents>['tokens'];

/**
 * Keeps refresh tokens in one file that only its owner can read (0600). Every change replaces the file as a whole, and
 * processes change it one after the other.
 */
export class TokenFile implements TokenStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async get(key: string): Promise<string | undefined> {
    const tokens = await this.#read();
    return Object.hasOwn(tokens, key) ? tokens[key] : undefined;
  }

  async set(key: string, value: string): Promise<void> {
    await this.#change((tokens) => ({ ...tokens, [key]: value }));
  }

  async delete(key: string): Promise<void> {
    if ((await this.get(key)) === undefined) return;
    await this.#change((tokens) => Object.fromEntries(Object.entries(tokens).filter(([name]) => name !== key)));
  }

  async #change(change: (tokens: Tokens) => Tokens): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await withFileLock(`${this.#path}.lock`, async () => this.#write(change(await this.#read())));
    } catch (cause) {
      if (cause instanceof DtmError) throw cause;
      throw new DtmError('cannot-write', `cannot keep the sign-in in ${this.#path}`, {
        cause,
        hint: 'Make the folder writable, or set DTM_STATE_HOME to one that is.',
      });
    }
  }

  async #read(): Promise<Tokens> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return {};
      throw this.#unreadable(error);
    }
    try {
      return contents.parse(JSON.parse(text)).tokens;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(cause: unknown): DtmError {
    // The cause of a parse error would quote the file, and so a token.
    const code = systemCode(cause);
    return new DtmError('cannot-read', `cannot read the kept sign-ins in ${this.#path}${code ? ` (${code})` : ''}`, {
      hint: 'Make the file readable, or remove it and sign in again.',
    });
  }

  async #write(tokens: Tokens): Promise<void> {
    const temporary = `${this.#path}.${process.pid}.tmp`;
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, tokens }, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, this.#path);
  }
}
