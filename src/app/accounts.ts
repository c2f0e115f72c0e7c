import type { UserBody } from '../api/auth.ts';
import type { Binding } from '../core/binding.ts';
import { type Dialect, dialectNames } from '../core/dialect.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { TokenStore } from '../core/ports.ts';
import { tokenKeys } from '../core/tokenKeys.ts';
import type { Account, AccountService } from './dtmApp.ts';
import { serverOrigin } from './serverAddress.ts';
import type { ServerClient, Servers } from './servers.ts';

export interface AccountsOptions {
  readonly servers: Servers;
  readonly tokens: TokenStore;
  /** The workspace's binding: it knows the server's kind while the server cannot be asked. */
  readonly binding: () => Binding | undefined;
  /** The person's name on this machine. */
  readonly localUser: string;
  /** Called after a sign-in, so that what waited for it goes on. */
  readonly onSignedIn: () => void;
}

/** Signing in and out, one client per origin. */
export class Accounts implements AccountService {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  async login(given: string, username: string, password: string): Promise<Account> {
    const origin = serverOrigin(given);
    const dialect = await this.#dialectOf(origin);
    if (dialect !== 'dtm') throw noAccounts(origin, dialect);
    const client = this.#options.servers.dtm(origin);
    const account = accountOf(client.origin, await client.login(username, password));
    this.#options.onSignedIn();
    return account;
  }

  async logout(given: string): Promise<void> {
    const origin = serverOrigin(given);
    if ((this.#boundDialect(origin) ?? 'dtm') === 'dtm') await this.#options.servers.dtm(origin).logout();
  }

  async logoutEverywhere(given: string): Promise<void> {
    const origin = serverOrigin(given);
    const dialect = await this.#dialectOf(origin);
    if (dialect !== 'dtm') throw noAccounts(origin, dialect);
    await this.#options.servers.dtm(origin).logoutEverywhere();
  }

  async whoAmI(given: string): Promise<Account> {
    const origin = serverOrigin(given);
    if ((await this.#dialectOf(origin)) !== 'dtm') return this.#nameOnly(origin);
    const client = this.#options.servers.dtm(origin);
    try {
      return accountOf(client.origin, await client.me());
    } catch (error) {
      if (isDtmError(error, 'unauthenticated')) await requireReachable(client);
      throw error;
    }
  }

  knownAccount(origin: string): Promise<string | undefined> {
    return this.#options.tokens.get(tokenKeys.lastAccount(serverOrigin(origin)));
  }

  #boundDialect(origin: string): Dialect | undefined {
    const binding = this.#options.binding();
    return binding?.origin === origin ? binding.dialect : undefined;
  }

  async #dialectOf(origin: string): Promise<Dialect> {
    return this.#boundDialect(origin) ?? (await this.#options.servers.detect(origin)).dialect;
  }

  #nameOnly(origin: string): Account {
    const binding = this.#options.binding();
    const username = binding?.origin === origin ? binding.account : this.#options.localUser;
    return { origin, username, role: 'everyone', isNameOnly: true };
  }
}

/**
 * Without a token nobody asked the server yet: a person must not be sent to type a password for one that is not there.
 * @throws DtmError `offline`, `timeout`, `incompatible`
 */
async function requireReachable(client: ServerClient): Promise<void> {
  await client.identify(AbortSignal.timeout(reachTimeoutMs)).catch((error: unknown) => {
    if (!isDtmError(error, 'unauthenticated')) throw error;
  });
}

const reachTimeoutMs = 10_000;

function noAccounts(origin: string, dialect: Dialect): DtmError {
  return new DtmError('configuration', `${origin} is ${dialectNames[dialect]}, where nobody signs in`, {
    hint: 'Connect the workspace to it without signing in; choose the name to act in with --account.',
  });
}

function accountOf(origin: string, user: UserBody): Account {
  return { origin, username: user.username, role: user.role };
}
