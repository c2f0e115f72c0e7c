import * as z from 'zod';
import type { TokenStore } from '../core/ports.ts';
import { tokenKeys } from '../core/tokenKeys.ts';

/** An access token as all processes of a token family share it. */
const sharedAccess = z.object({
  token: z.string().min(1),
  /** Milliseconds since 1970 by this machine's clock: from then on it should be renewed before it is used. */
  renew_at: z.number(),
  /** How long it was good for when it was issued, in milliseconds. */
  life_ms: z.number(),
});
export type SharedAccess = z.infer<typeof sharedAccess>;

/**
 * The tokens of one origin in the store that all windows, or all runs of the CLI, share: for each account a refresh token
 * and the access token that is good for now, so that not each of them has to renew it. Nothing is remembered here:
 * another process may have rotated them since they were last read.
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

  /** The refresh token. */
  async read(account: string): Promise<string | undefined> {
    return (await this.#store.get(this.#key(account))) || undefined;
  }

  async readAccess(account: string): Promise<SharedAccess | undefined> {
    const text = (await this.#store.get(this.#accessKey(account))) ?? '';
    try {
      return sharedAccess.parse(JSON.parse(text));
    } catch {
      // Worth nothing without its form: it is renewed.
      return undefined;
    }
  }

  /** The refresh token first: whoever dies in between loses nothing by it. */
  async write(account: string, refreshToken: string, access: SharedAccess): Promise<void> {
    await this.#store.set(this.#key(account), refreshToken);
    await this.#store.set(this.#accessKey(account), JSON.stringify(access));
  }

  async signIn(account: string, refreshToken: string, access: SharedAccess): Promise<void> {
    await this.write(account, refreshToken, access);
    await this.#store.set(this.#lastKey, account);
  }

  async remove(account: string): Promise<void> {
    await this.#store.delete(this.#key(account));
    await this.#store.delete(this.#accessKey(account));
  }

  async signOut(account: string): Promise<void> {
    await this.remove(account);
    if ((await this.lastAccount()) === account) await this.#store.delete(this.#lastKey);
  }

  get #lastKey(): string {
    return tokenKeys.lastAccount(this.#origin);
  }

  #key(account: string): string {
    return tokenKeys.refresh(this.#origin, account);
  }

  #accessKey(account: string): string {
    return tokenKeys.access(this.#origin, account);
  }
}
