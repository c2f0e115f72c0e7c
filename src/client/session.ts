import { type RuntimeFile, type TokensAnswer, tokensAnswer, type UserBody } from '../api/auth.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import type { AccountTokens } from './accountTokens.ts';
import { bootstrap, isRuntimeFileOf } from './bootstrap.ts';
import { cancelled } from './networkError.ts';
import type { Transport } from './transport.ts';
import { untilAborted } from './untilAborted.ts';

export interface SessionOptions {
  readonly origin: string;
  readonly transport: Transport;
  readonly tokens: AccountTokens;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly account?: string | undefined;
  readonly runtimeFile?: ((origin: string) => Promise<RuntimeFile | undefined>) | undefined;
}

interface Access {
  readonly token: string;
  /** By the monotonic clock: from then on a new one is fetched before it is used. */
  readonly renewAt: number;
}

const refreshPath = '/auth/refresh';

/** A token is renewed this long before it expires, or a tenth of its life, whichever is shorter. */
const renewAheadMs = 30_000;

/**
 * Keeps one account signed in. The access token lives in memory only; the refresh token is read from the shared store
 * each time, because another process may have rotated it. However many requests need a new access token at once, one
 * refresh is sent.
 */
export class Session {
  readonly #options: SessionOptions;
  #account: string | undefined;
  #access: Access | undefined;
  #renewal: Promise<Access> | undefined;
  /** After an explicit sign-out a local server must not sign us in again by itself. */
  #signedOut = false;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#account = options.account;
  }

  get account(): string | undefined {
    return this.#account;
  }

  /**
   * An access token that is good for now.
   * @throws DtmError `unauthenticated` if there is no way to get one; `offline` or `timeout` if the server cannot be
   * reached, in which case the refresh token stays
   */
  async accessToken(signal?: AbortSignal): Promise<string> {
    const access = this.#access;
    if (access && this.#isFresh(access)) return access.token;
    const { origin } = this.#options;
    if (signal?.aborted) throw cancelled(origin, signal.reason);
    return (await untilAborted(this.#renew(), signal, (cause) => cancelled(origin, cause))).token;
  }

  /** Tells that the server refused this token: it is not given out again. */
  refused(token: string): void {
    if (this.#access?.token === token) this.#access = undefined;
  }

  login(username: string, password: string, signal?: AbortSignal): Promise<UserBody> {
    return this.#oneAfterAnother(async () => {
      const started = this.#options.clock.monotonic();
      const answer = await this.#post('/auth/login', { username, password }, signal);
      await this.#signIn(answer, started);
      return answer.user;
    });
  }

  /** Ends the session on the server, if it can be reached, and forgets the token here in any case. */
  logout(signal?: AbortSignal): Promise<void> {
    return this.#oneAfterAnother(async () => {
      const { tokens } = this.#options;
      const account = this.#account ?? (await tokens.lastAccount());
      const refreshToken = account === undefined ? undefined : await tokens.read(account);
      const accessToken = this.#access?.token;
      this.#access = undefined;
      this.#signedOut = true;
      if (account !== undefined) await tokens.signOut(account);
      this.#account = this.#options.account;
      if (refreshToken !== undefined) await this.#endOnServer(refreshToken, accessToken, signal);
    });
  }

  async #endOnServer(refreshToken: string, accessToken: string | undefined, signal?: AbortSignal): Promise<void> {
    const body = JSON.stringify({ refresh_token: refreshToken });
    try {
      await this.#options.transport.send({ method: 'POST', path: '/auth/logout', body, accessToken }, signal);
    } catch (error) {
      this.#options.logger.warn('logout-not-told', { origin: this.#options.origin, error: String(error) });
    }
  }

  #isFresh(access: Access): boolean {
    return this.#options.clock.monotonic() < access.renewAt;
  }

  #renew(): Promise<Access> {
    this.#renewal ??= this.#oneAfterAnother(() => this.#obtain()).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Signing in, renewing and signing out never overlap: each sees what the one before it left. */
  #oneAfterAnother<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#lastChange.then(change, change);
    this.#lastChange = next.catch(() => undefined);
    return next;
  }

  async #obtain(): Promise<Access> {
    if (this.#access && this.#isFresh(this.#access)) return this.#access;
    const account = this.#account ?? (await this.#options.tokens.lastAccount());
    const refreshed = account === undefined ? undefined : await this.#refresh(account);
    const access = refreshed ?? (await this.#bootstrap(account));
    if (access) return access;
    throw this.#signInNeeded(account);
  }

  /** @returns undefined if there is no token, or the server declared it dead */
  async #refresh(account: string): Promise<Access | undefined> {
    const { tokens, clock, logger, origin } = this.#options;
    let tried: string | undefined;
    let token = await tokens.read(account);
    // A refused token may just be an older one than the store has by now: then the newer one gets its turn.
    while (token !== undefined && token !== tried) {
      const started = clock.monotonic();
      try {
        return await this.#keep(await this.#post(refreshPath, { refresh_token: token }), started, account);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        logger.warn('refresh-refused', { origin, account, code: error.code });
      }
      tried = token;
      token = await tokens.read(account);
    }
    if (token !== undefined) await tokens.remove(account);
    return undefined;
  }

  /** @returns undefined if this is no local server of ours, or one that offers no bootstrap */
  async #bootstrap(account: string | undefined): Promise<Access | undefined> {
    const { origin, runtimeFile, transport, clock } = this.#options;
    const file = this.#signedOut ? undefined : await runtimeFile?.(origin);
    if (!isRuntimeFileOf(file, origin)) return undefined;
    const started = clock.monotonic();
    try {
      const answer = await bootstrap(transport, origin, file);
      if (account === undefined || answer.user.username === account) return await this.#signIn(answer, started);
      await this.#endOnServer(answer.refresh_token, answer.access_token);
      return undefined;
    } catch (error) {
      if (isDtmError(error, 'not-found') || isDtmError(error, 'forbidden')) return undefined;
      throw error;
    }
  }

  async #signIn(answer: TokensAnswer, started: number): Promise<Access> {
    await this.#options.tokens.signIn(answer.user.username, answer.refresh_token);
    this.#signedOut = false;
    return this.#hold(answer, started);
  }

  /** A store that cannot be written now costs nothing yet: the old token is good for the same successor once more. */
  async #keep(answer: TokensAnswer, started: number, account: string): Promise<Access> {
    const { tokens, logger, origin } = this.#options;
    try {
      await tokens.write(account, answer.refresh_token);
    } catch (error) {
      logger.error('token-not-kept', { origin, account, error: String(error) });
    }
    return this.#hold(answer, started);
  }

  #hold(answer: TokensAnswer, started: number): Access {
    const lifeMs = answer.expires_in * 1_000;
    const renewAt = started + lifeMs - Math.min(renewAheadMs, lifeMs / 10);
    this.#account = answer.user.username;
    this.#access = { token: answer.access_token, renewAt };
    return this.#access;
  }

  async #post(path: string, body: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<TokensAnswer> {
    // The server answers a refresh token that is shown again with the same successor, as long as that was not used.
    const repeatable = path === refreshPath;
    const request = { method: 'POST', path, body: JSON.stringify(body), answer: tokensAnswer, repeatable } as const;
    return (await this.#options.transport.send({ ...request, probe: true }, signal)).value;
  }

  #signInNeeded(account: string | undefined): DtmError {
    const { origin } = this.#options;
    const who = account === undefined ? 'not signed in' : `${account} is not signed in`;
    return new DtmError('unauthenticated', `${who} at ${origin}`, { hint: 'Sign in, then try again.' });
  }
}

function isRefusal(error: unknown): error is DtmError {
  return isDtmError(error) && error.details.status === 401;
}
