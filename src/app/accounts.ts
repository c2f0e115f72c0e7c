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
    if ((this.#boundDialect(origin) ?? 'dtm') !== 'dtm') return;
    const account = this.#boundAccount(origin);
    const clients = await this.#clientsOf(origin, account);
    for (const client of clients) await client.logout();
  }

  async logoutEverywhere(given: string): Promise<void> {
    const origin = serverOrigin(given);
    const dialect = await this.#dialectOf(origin);
    if (dialect !== 'dtm') throw noAccounts(origin, dialect);
    const [client, ...others] = await this.#clientsOf(origin, this.#boundAccount(origin));
    await client?.logoutEverywhere();
    for (const other of others) await other.logout();
  }

  async whoAmI(given: string): Promise<Account> {
    const origin = serverOrigin(given);
    if ((await this.#dialectOf(origin)) !== 'dtm') return this.#nameOnly(origin);
    const client = this.#options.servers.dtm(origin, this.#boundAccount(origin));
    try {
      return accountOf(client.origin, await client.me());
    } catch (error) {
      if (isDtmError(error, 'unauthenticated')) await requireReachable(client);
      throw error;
    }
  }

  async knownAccount(given: string): Promise<string | undefined> {
    const origin = serverOrigin(given);
    const { tokens } = this.#options;
    const bound = this.#boundAccount(origin);
    if (bound !== undefined && (await tokens.get(tokenKeys.refresh(origin, bound)))) return bound;
    return tokens.get(tokenKeys.lastAccount(origin));
  }

  /** The account for which the workspace is bound to that DTM server. */
  #boundAccount(origin: string): string | undefined {
    const binding = this.#options.binding();
    return binding?.origin === origin && binding.dialect === 'dtm' ? binding.account : undefined;
  }

  /** All that act there as this account, or as who signed in last: each would go on for itself. */
  async #clientsOf(origin: string, account: string | undefined): Promise<readonly ServerClient[]> {
    const { servers, tokens } = this.#options;
    const latest = servers.dtm(origin);
    if (account === undefined) return [latest];
    const who = latest.account ?? (await tokens.get(tokenKeys.lastAccount(origin)));
    const bound = servers.dtm(origin, account);
    return who === undefined || who === account ? [bound, latest] : [bound];
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
