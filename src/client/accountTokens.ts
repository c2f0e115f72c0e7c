import type { TokenStore } from '../core/ports.ts';

/**
 * The refresh tokens of one origin in the store that all windows and the CLI share. Nothing is remembered here:
 * another process may have rotated a token since it was last read.
 */
export class AccountTokens {
  readonly #store: TokenStore;
  readonly #origin: string;

  constructor(store: TokenStore, origin: string) {
    this.#store = store;
    this.#origin = origin;
  }

  /** The account that signed in last on this machine. */
  async lastAccount(): Promise<string | undefined> {
    return (await this.#store.get(this.#lastKey)) || undefined;
  }

  async read(account: string): Promise<string | undefined> {
    return (await this.#store.get(this.#key(account))) || undefined;
  }

  async write(account: string, refreshToken: string): Promise<void> {
    await this.#store.set(this.#key(account), refreshToken);
  }

  async signIn(account: string, refreshToken: string): Promise<void> {
    await this.write(account, refreshToken);
    await this.#store.set(this.#lastKey, account);
  }

  async remove(account: string): Promise<void> {
    await this.#store.delete(this.#key(account));
  }

  async signOut(account: string): Promise<void> {
    await this.remove(account);
    if ((await this.lastAccount()) === account) await this.#store.delete(this.#lastKey);
  }

  get #lastKey(): string {
    return `${this.#origin}|last-account`;
  }

  #key(account: string): string {
    return `${this.#origin}|${account}`;
  }
}
