import type { UserBody } from '../api/auth.ts';
import { isDtmError } from '../core/errors.ts';
import type { BackendIdentity, TokenStore } from '../core/ports.ts';
import { tokenKeys } from '../core/tokenKeys.ts';
import type { Account, AccountService } from './dtmApp.ts';
import { serverOrigin } from './serverAddress.ts';

/** What signing in needs of a client of one server. */
export interface ServerClient {
  readonly origin: string;
  identify(signal: AbortSignal): Promise<BackendIdentity>;
  login(username: string, password: string): Promise<UserBody>;
  logout(): Promise<void>;
  me(): Promise<UserBody>;
}

/** Signing in and out, one client per origin. */
export class Accounts implements AccountService {
  readonly #clientOf: (origin: string) => ServerClient;
  readonly #tokens: TokenStore;
  readonly #onSignedIn: () => void;

  /** @param onSignedIn called after a sign-in, so that what waited for it goes on */
  constructor(clientOf: (origin: string) => ServerClient, tokens: TokenStore, onSignedIn: () => void) {
    this.#clientOf = clientOf;
    this.#tokens = tokens;
    this.#onSignedIn = onSignedIn;
  }

  async login(origin: string, username: string, password: string): Promise<Account> {
    const client = this.#clientOf(serverOrigin(origin));
    const account = accountOf(client.origin, await client.login(username, password));
    this.#onSignedIn();
    return account;
  }

  async logout(origin: string): Promise<void> {
    await this.#clientOf(serverOrigin(origin)).logout();
  }

  async whoAmI(origin: string): Promise<Account> {
    const client = this.#clientOf(serverOrigin(origin));
    try {
      return accountOf(client.origin, await client.me());
    } catch (error) {
      if (isDtmError(error, 'unauthenticated')) await requireReachable(client);
      throw error;
    }
  }

  knownAccount(origin: string): Promise<string | undefined> {
    return this.#tokens.get(tokenKeys.lastAccount(serverOrigin(origin)));
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

function accountOf(origin: string, user: UserBody): Account {
  return { origin, username: user.username, role: user.role };
}
