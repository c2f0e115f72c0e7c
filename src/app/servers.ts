import type { UserBody } from '../api/auth.ts';
import type { Binding } from '../core/binding.ts';
import { type Dialect, dialectNames } from '../core/dialect.ts';
import type { Backend, BackendIdentity } from '../core/ports.ts';
import type { NamedProject } from '../core/project.ts';

/** What signing in needs of a client of one server. */
export interface ServerClient {
  readonly origin: string;
  /** Who is signed in, if that is known yet. */
  readonly account: string | undefined;
  identify(signal: AbortSignal): Promise<BackendIdentity>;
  login(username: string, password: string): Promise<UserBody>;
  logout(): Promise<void>;
  logoutEverywhere(): Promise<void>;
  me(): Promise<UserBody>;
  /** What there is to limit a workspace to. */
  projects(): Promise<readonly NamedProject[]>;
}

/** What a server turned out to be. */
export interface ServerKind {
  readonly dialect: Dialect;
  readonly version?: string | undefined;
}

/** The servers that the app can reach, whatever they speak. */
export interface Servers {
  /**
   * Who answers there.
   * @throws DtmError `offline`, `timeout`, `incompatible`
   */
  detect(origin: string): Promise<ServerKind>;
  /**
   * A DTM server, for signing in and out.
   * @param account whose sign-in to use; default: who signed in last on this machine
   */
  dtm(origin: string, account?: string): ServerClient;
  /** Where anybody signs in, it acts as this account and no other. */
  backend(target: Pick<Binding, 'origin' | 'account' | 'dialect'> & { readonly datasetId?: string }): Backend;
}

/** What it is, for people. */
export function serverName({ dialect, version }: ServerKind): string {
  return version === undefined ? dialectNames[dialect] : `${dialectNames[dialect]} ${version}`;
}
