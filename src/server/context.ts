import type { IdSource } from '../core/ports.ts';
import type { Passwords } from './auth/passwords.ts';
import type { Tokens } from './auth/tokens.ts';
import type { CommitSignal } from './feed/commitSignal.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ServerSettings } from './settings.ts';
import type { Store } from './store/store.ts';

/** What the routes work with; made once by `server.ts`. */
export interface ServerContext {
  readonly settings: ServerSettings;
  readonly store: Store;
  /** Tells when something was committed. */
  readonly commits: CommitSignal;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly ids: Pick<IdSource, 'ulid' | 'randomBytes'>;
  /** The secret of the runtime file, new at each start. */
  readonly bootstrapSecret: string;
  readonly version: string;
  readonly metrics: Metrics;
  /** Now, RFC 3339 in UTC with milliseconds. */
  now(): string;
  /** Where this server can be reached, once it listens: `http://127.0.0.1:8000`. */
  origin(): string;
}
