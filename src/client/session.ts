import { type RuntimeFile, type TokensAnswer, tokensAnswer, type UserBody } from '../api/auth.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { Clock, Logger } from '../core/ports.ts';
import type { AccountTokens, SharedAccess } from './accountTokens.ts';
import { isNamedRefusal } from './answerError.ts';
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
  /** Does something while no other process of the same token family does so. Default: at once. */
  readonly exclusively?: Exclusively | undefined;
}

/** Does `work` while no other process does anything under the same name; if that cannot be had, all the same. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;

interface Access {
  readonly token: string;
  /** By the monotonic clock: from then on a new one is fetched before it is used. */
  readonly renewAt: number;
}

const refreshPath = '/auth/refresh';
const logoutPath = '/auth/logout';

/** A token is renewed this long before it expires, or a tenth of its life, whichever is shorter. */
const renewAheadMs = 30_000;

/**
 * Keeps one account signed in. Tokens are read from the shared store each time, because another process may have rotated
 * them. However many requests, of however many processes, need a new access token at once, one refresh is sent. Only a
 * server's word that the refresh token is dead signs anybody out.
 */
export class Session {
  readonly #options: SessionOptions;
  #account: string | undefined;
  #access: Access | undefined;
  #renewal: Promise<Access> | undefined;
  /** The last token that the server did not take. */
  #refused: string | undefined;
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
  async accessToken(signal?: AbortSignal, failure: Failure = (cause) => this.#cancelled(cause)): Promise<string> {
    const access = this.#access;
    if (access && this.#isFresh(access)) return access.token;
    if (signal?.aborted) throw failure(signal.reason);
    return (await untilAborted(this.#renew(), signal, failure)).token;
  }

  /** Tells that the server refused this token: it is not given out again. */
  refused(token: string): void {
    this.#refused = token;
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
      await this.#forget(account);
      if (refreshToken !== undefined) await this.#endOnServer(refreshToken, accessToken, signal);
    });
  }

  /**
   * Ends all sessions of the account, on every machine; here last, so that it can be tried again.
   * @throws DtmError `unauthenticated` if nobody is signed in here; `offline` or `timeout`, in which case nothing ended
   */
  logoutEverywhere(signal?: AbortSignal): Promise<void> {
    return this.#oneAfterAnother(async () => {
      const { tokens, transport } = this.#options;
      const account = this.#account ?? (await tokens.lastAccount());
      const refreshToken = account === undefined ? undefined : await tokens.read(account);
      if (account === undefined || refreshToken === undefined) throw await this.#signInNeeded(account);
      const body = JSON.stringify({ refresh_token: refreshToken, everywhere: true });
      // Once more means the same: those that have ended stay ended.
      await transport.send({ method: 'POST', path: logoutPath, body, probe: true }, signal);
      await this.#forget(account);
    });
  }

  async #forget(account: string | undefined): Promise<void> {
    this.#access = undefined;
    this.#signedOut = true;
    if (account !== undefined) await this.#options.tokens.signOut(account);
    this.#account = this.#options.account;
  }

  async #endOnServer(refreshToken: string, accessToken: string | undefined, signal?: AbortSignal): Promise<void> {
    const body = JSON.stringify({ refresh_token: refreshToken });
    try {
      await this.#options.transport.send({ method: 'POST', path: logoutPath, body, accessToken }, signal);
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
    const kept =
      account === undefined ? undefined : ((await this.#shared(account)) ?? (await this.#renewAlone(account)));
    const access = kept ?? (await this.#bootstrap(account));
    if (access) return access;
    throw await this.#signInNeeded(account);
  }

  /** What another process, or an earlier one, has got meanwhile. */
  async #shared(account: string): Promise<Access | undefined> {
    const { tokens, clock } = this.#options;
    const shared = await tokens.readAccess(account);
    // Nor is the one that this process has just seen out of date.
    if (!shared || shared.token === this.#refused || shared.token === this.#access?.token) return undefined;
    // A clock that was set back must not make a token good for longer than it ever was.
    const leftMs = Math.min(shared.renew_at - Date.parse(clock.now()), shared.life_ms);
    if (leftMs <= 0) return undefined;
    this.#account = account;
    this.#access = { token: shared.token, renewAt: clock.monotonic() + leftMs };
    return this.#access;
  }

  /** Renews, unless another process did so while this one waited for its turn. */
  #renewAlone(account: string): Promise<Access | undefined> {
    const { exclusively = atOnce, origin } = this.#options;
    return exclusively(`${origin}|${account}`, async () => (await this.#shared(account)) ?? this.#refresh(account));
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
    const access = this.#hold(answer, started);
    await this.#options.tokens.signIn(answer.user.username, answer.refresh_token, this.#toShare(answer, access));
    this.#signedOut = false;
    return access;
  }

  /** A store that cannot be written now costs nothing yet: the old token is good for the same successor once more. */
  async #keep(answer: TokensAnswer, started: number, account: string): Promise<Access> {
    const { tokens, logger, origin } = this.#options;
    const access = this.#hold(answer, started);
    try {
      await tokens.write(account, answer.refresh_token, this.#toShare(answer, access));
    } catch (error) {
      logger.error('token-not-kept', { origin, account, error: String(error) });
    }
    return access;
  }

  #toShare(answer: TokensAnswer, access: Access): SharedAccess {
    const { clock } = this.#options;
    const leftMs = access.renewAt - clock.monotonic();
    return { token: access.token, renew_at: Date.parse(clock.now()) + leftMs, life_ms: answer.expires_in * 1_000 };
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

  #cancelled(cause: unknown): DtmError {
    return cancelled(this.#options.origin, cause);
  }

  /** Names whoever is signed in instead, where it had to be one account and no other. */
  async #signInNeeded(account: string | undefined): Promise<DtmError> {
    const { origin, tokens } = this.#options;
    const last = account === this.#options.account ? await tokens.lastAccount() : undefined;
    if (account !== undefined && last !== undefined && last !== account && (await tokens.read(last)) !== undefined) {
      return new DtmError('unauthenticated', `${last} is signed in at ${origin}, not ${account}`, {
        hint: `Sign in as ${account}.`,
        details: { signedIn: last },
      });
    }
    const who = account === undefined ? 'not signed in' : `${account} is not signed in`;
    return new DtmError('unauthenticated', `${who} at ${origin}`, { hint: 'Sign in, then try again.' });
  }
}

type Failure = (cause: unknown) => DtmError;

const atOnce: Exclusively = (_, work) => work();

/** The server itself says that the token is dead; a proxy or a sign-in page that answers 401 says nothing about it. */
function isRefusal(error: unknown): error is DtmError {
  return isDtmError(error) && isNamedRefusal(error);
}
