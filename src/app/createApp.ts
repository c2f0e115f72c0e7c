import { DtmError } from '../core/errors.ts';
import type { Surface } from '../core/operation.ts';
import type { Logger, TokenStore } from '../core/ports.ts';
import type { Surroundings } from '../core/stateHome.ts';
import type { DtmApp } from './dtmApp.ts';

export interface AppOptions {
  /** The workspace folder; undefined: the personal workspace. */
  readonly folder: string | undefined;
  readonly surface: Surface;
  /** A resident (the editor) keeps the lease and syncs by itself; a visitor (the CLI) only while a command runs. */
  readonly resident: boolean;
  readonly surroundings: Surroundings;
  readonly tokens: TokenStore;
  readonly logger: Logger;
  /** The person's name on this machine: who acts while nobody is signed in. */
  readonly localUser: string;
  /** An access token from the environment (`DTM_TOKEN`); used as it is. */
  readonly accessToken?: string | undefined;
  /** Never ask the server. */
  readonly offline?: boolean;
  /** How long a writing command waits for the server's answer. */
  readonly requestTimeoutMs?: number;
}

/** Opens the tracker of a folder and wires everything behind it. Does not wait for the network. */
export function createApp(options: AppOptions): Promise<DtmApp> {
  return Promise.reject(new DtmError('internal', `not wired yet: ${options.surface}`));
}
