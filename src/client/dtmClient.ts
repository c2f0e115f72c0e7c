import { type RuntimeFile, type UserBody, userBody } from '../api/auth.ts';
import { nothingLocal } from '../core/dialect.ts';
import type { NetworkSettings } from '../core/networkSettings.ts';
import type { Operation } from '../core/operation.ts';
import type {
  Backend,
  BaseView,
  Capabilities,
  Clock,
  Logger,
  PullPage,
  PushResult,
  TokenStore,
} from '../core/ports.ts';
import type { NamedProject } from '../core/project.ts';
import { AccountTokens } from './accountTokens.ts';
import { AuthorisedTransport } from './authorisedTransport.ts';
import { exactOrigin } from './origin.ts';
import { listProjects } from './projectList.ts';
import type { RequestRecorder } from './requestStatistics.ts';
import { type Exclusively, Session } from './session.ts';
import { SyncCalls } from './syncCalls.ts';
import { Transport } from './transport.ts';

export interface DtmClientOptions {
  /** The server's exact origin, such as `http://127.0.0.1:8000`; tokens never go anywhere else. */
  readonly origin: string;
  /** Keeps the tokens by origin and account, and who signed in last, under `<origin>|last-account`. */
  readonly tokens: TokenStore;
  /** Finds the runtime file of a local server, to sign in without a password. */
  readonly runtimeFile?: (origin: string) => Promise<RuntimeFile | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Does something while no other process that shares the tokens does so. Default: at once. */
  readonly exclusively?: Exclusively | undefined;
  /** Whose token to use; default: who signed in last. */
  readonly account?: string;
  /** Used as it is and never refreshed (`DTM_TOKEN`). */
  readonly accessToken?: string;
  /** Default 2,000. */
  readonly connectTimeoutMs?: number;
  /** For a whole request with its answer and every repeat. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Proxies and certificates. Default: none. */
  readonly network?: NetworkSettings | undefined;
  readonly recorder?: RequestRecorder | undefined;
}

/** A DTM server, as the sync engine and the sign-in commands see it. */
export interface DtmClient extends Backend {
  readonly origin: string;
  /** The account signed in, if it is known yet. */
  readonly account: string | undefined;
  /** It has versions and a feed, so that it needs no base to compare with. */
  push(operations: readonly Operation[], signal: AbortSignal): Promise<readonly PushResult[]>;
  pull(cursor: string | null, signal: AbortSignal, base?: BaseView, projects?: readonly string[]): Promise<PullPage>;
  /** @throws DtmError `unauthenticated` (wrong name or password), `rate-limited`, `offline`, `timeout` */
  login(username: string, password: string, signal?: AbortSignal): Promise<UserBody>;
  /** Tells the server if it can; the token is deleted here in any case. */
  logout(signal?: AbortSignal): Promise<void>;
  /** Ends all sessions of the account, on every machine. @throws DtmError `unauthenticated`, `offline`, `timeout` */
  logoutEverywhere(signal?: AbortSignal): Promise<void>;
  /** @throws DtmError `unauthenticated`, `offline`, `timeout` */
  me(signal?: AbortSignal): Promise<UserBody>;
  /** The server's projects. @throws DtmError `unauthenticated`, `offline`, `timeout` */
  projects(signal?: AbortSignal): Promise<readonly NamedProject[]>;
  /** Ends all connections; requests under way fail with `cancelled`. */
  close(): Promise<void>;
}

const dtmCapabilities: Capabilities = {
  operationIds: true,
  changesFeed: true,
  listing: false,
  login: true,
  events: true,
  groups: true,
  readOnly: false,
  localOnly: nothingLocal,
};
const defaultConnectTimeoutMs = 2_000;
const defaultRequestTimeoutMs = 10_000;
/** Far above a page of a thousand ordinary tasks; a page that is larger is asked for in smaller pieces. */
const answerLimitBytes = 64 * 1024 * 1024;

/**
 * Makes a client of one server. It connects when it is first asked something.
 * @throws DtmError `configuration` if `origin` is not an exact origin
 */
export function createDtmClient(options: DtmClientOptions): DtmClient {
  const origin = exactOrigin(options.origin);
  const transport = new Transport({
    origin,
    clock: options.clock,
    logger: options.logger,
    connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    answerLimitBytes,
    network: options.network,
    recorder: options.recorder,
  });
  const tokens = new AccountTokens(options.tokens, origin);
  const session = new Session({ ...options, origin, transport, tokens });
  const authorised = new AuthorisedTransport(origin, transport, session, options.accessToken);
  const sync = new SyncCalls(origin, transport, authorised);
  return {
    origin,
    capabilities: dtmCapabilities,
    get account() {
      return options.accessToken === undefined ? session.account : sync.account;
    },
    identify: (signal) => sync.identify(signal),
    push: (operations, signal) => sync.push(operations, signal),
    pull: (cursor, signal, _base, projects) => sync.pull(cursor, signal, projects),
    watch: (known, listener, until) => sync.watch(known, listener, until),
    login: (username, password, signal) => session.login(username, password, signal),
    logout: (signal) => session.logout(signal),
    logoutEverywhere: (signal) => session.logoutEverywhere(signal),
    me: async (signal) =>
      (await authorised.send({ method: 'GET', path: '/auth/me', answer: userBody, probe: true }, signal)).value,
    projects: (signal) => listProjects(authorised, signal),
    close: () => transport.close(),
  };
}
