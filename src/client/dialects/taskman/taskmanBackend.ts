import type { Operation } from '../../../core/operation.ts';
import type {
  Backend,
  BackendIdentity,
  BaseView,
  Capabilities,
  Clock,
  Logger,
  PullPage,
  PushResult,
} from '../../../core/ports.ts';
import type { Transport } from '../../transport.ts';
import { CrashCounts } from './crashCounts.ts';
import { type DatabaseMode, type Forms, formsFor, localOnlyFields } from './forms.ts';
import { labelOf, ModeGuard } from './modeGuard.ts';
import { pullDifferences } from './pull.ts';
import { pushInOrder } from './push.ts';
import { TaskmanApi } from './taskmanApi.ts';

export interface TaskmanBackendOptions {
  readonly origin: string;
  readonly transport: Transport;
  /** Nobody signs in: the name is all there is to an account. */
  readonly account: string;
  /** The data set that the workspace is bound to, until the server has been asked. */
  readonly datasetId?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const prefix = 'taskman:';
/** Everything is read each time: there is no place to go on from. */
const cursor = 'listed';

/**
 * TaskMan-v2 behind the port: it has neither versions nor operation ids, a feed, accounts or groups, and not all of our
 * fields. What it cannot store stays in the base of the workspace.
 */
export class TaskmanBackend implements Backend {
  readonly account: string;
  readonly #options: TaskmanBackendOptions;
  readonly #api: TaskmanApi;
  readonly #guard: ModeGuard;
  readonly #crashes = new CrashCounts();

  constructor(options: TaskmanBackendOptions) {
    this.#options = options;
    this.account = options.account;
    this.#api = new TaskmanApi(options.origin, options.transport);
    this.#guard = new ModeGuard(this.#api);
  }

  get capabilities(): Capabilities {
    return {
      operationIds: false,
      changesFeed: false,
      listing: true,
      login: false,
      events: false,
      groups: false,
      readOnly: false,
      localOnly: localOnlyFields(this.#forms),
    };
  }

  async identify(signal: AbortSignal): Promise<BackendIdentity> {
    const mode = await this.#guard.identify(signal);
    const serverId = `${prefix}${this.#options.origin}`;
    return { serverId, datasetId: `${prefix}${mode}`, epoch: 1, label: labelOf(mode) };
  }

  async pull(_cursor: string | null, signal: AbortSignal, base: BaseView): Promise<PullPage> {
    const { clock } = this.#options;
    await this.#guard.require(signal);
    const found = await pullDifferences({ api: this.#api, forms: this.#forms, clock, base, signal });
    await this.#guard.require(signal);
    return { ...found, next: cursor, hasMore: false };
  }

  /** What was sent across a change of the database is not reported: it is compared again once the former is back. */
  async push(operations: readonly Operation[], signal: AbortSignal, base: BaseView): Promise<readonly PushResult[]> {
    const { clock, logger } = this.#options;
    const options = { api: this.#api, forms: this.#forms, clock, base, signal };
    await this.#guard.require(signal);
    const results = await pushInOrder(operations, options, this.#crashes, logger);
    await this.#guard.require(signal);
    return results;
  }

  get #forms(): Forms {
    return formsFor(this.account, this.#guard.mode ?? modeOf(this.#options.datasetId));
  }
}

/** The database of a data set; PostgreSQL keeps less, so that it is assumed where nothing is known. */
function modeOf(datasetId: string | undefined): DatabaseMode {
  const mode = datasetId?.slice(prefix.length);
  return mode === 'fallback' || mode === 'secondary' ? mode : 'primary';
}
