import type { Logger, TokenStore } from '../core/ports.ts';
import { isLongLived } from '../core/tokenKeys.ts';

/** Secrets by name, as the system's keychain keeps them. */
export interface Keychain {
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
}

export interface KeychainTokensOptions {
  /** Loads the keychain; rejects where there is none. */
  readonly open: () => Promise<Keychain>;
  /** A file that only its owner can read. */
  readonly file: TokenStore;
  /** Hears, once for each sign-in, that it went into the file. */
  readonly onFile: () => void;
  readonly logger: Logger;
}

/**
 * Keeps refresh tokens in the system's keychain, and in a file where none answers. What is short-lived is always in the
 * file: each command reads it, and the keychain takes longer to load than most commands take.
 */
export class KeychainTokens implements TokenStore {
  readonly #options: KeychainTokensOptions;
  #opening: Promise<Keychain> | undefined;

  constructor(options: KeychainTokensOptions) {
    this.#options = options;
  }

  /** What is in the file came there while no keychain answered, or is about to leave it: it is never the newer one. */
  async get(key: string): Promise<string | undefined> {
    const kept = await this.#options.file.get(key);
    if (kept !== undefined || !isLongLived(key)) return kept;
    return this.#try('read', async (keychain) => keychain.get(key));
  }

  async set(key: string, value: string): Promise<void> {
    const { file, onFile } = this.#options;
    if (!isLongLived(key)) return file.set(key, value);
    if (await this.#try('write', async (keychain) => keychain.set(key, value).then(() => true))) {
      return file.delete(key);
    }
    const isNew = (await file.get(key)) === undefined;
    await file.set(key, value);
    if (isNew) onFile();
  }

  async delete(key: string): Promise<void> {
    await this.#options.file.delete(key);
    if (isLongLived(key)) await this.#try('delete', (keychain) => keychain.delete(key));
  }

  /** @returns undefined if the keychain cannot do it, or is not there */
  async #try<T>(what: string, work: (keychain: Keychain) => Promise<T>): Promise<T | undefined> {
    try {
      this.#opening ??= this.#options.open();
      return await work(await this.#opening);
    } catch (error) {
      this.#options.logger.warn(`keychain.cannot-${what}`, { error: String(error) });
      return undefined;
    }
  }
}
