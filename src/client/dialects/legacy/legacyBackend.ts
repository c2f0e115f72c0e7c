import { nothingLocal } from '../../../core/dialect.ts';
import { entityKinds } from '../../../core/ids.ts';
import type { Operation } from '../../../core/operation.ts';
import type {
  Backend,
  BackendIdentity,
  BaseView,
  Capabilities,
  Change,
  Clock,
  Notice,
  PullPage,
  PushResult,
} from '../../../core/ports.ts';
import type { Transport } from '../../transport.ts';
import { formsFor } from '../taskman/forms.ts';
import { entityFrom } from '../taskman/mapping.ts';
import { LegacyApi } from './legacyApi.ts';
import type { Coherent } from './legacyRows.ts';

export interface LegacyBackendOptions {
  readonly origin: string;
  readonly transport: Transport;
  readonly account: string;
  readonly accessToken?: string | undefined;
  readonly clock: Clock;
}

const capabilities: Capabilities = {
  operationIds: false,
  changesFeed: false,
  listing: true,
  login: false,
  events: false,
  groups: false,
  readOnly: true,
  localOnly: nothingLocal,
};

/** An older server of the DTM family: it is read, never written, since no such server can be run to prove writing. */
export class LegacyBackend implements Backend {
  readonly capabilities = capabilities;
  readonly account: string;
  readonly #options: LegacyBackendOptions;
  readonly #api: LegacyApi;

  constructor(options: LegacyBackendOptions) {
    this.#options = options;
    this.account = options.account;
    this.#api = new LegacyApi(options.origin, options.transport, options.accessToken);
  }

  async identify(signal: AbortSignal): Promise<BackendIdentity> {
    await this.#api.health(signal);
    return { serverId: `legacy:${this.#options.origin}`, datasetId: 'legacy', epoch: 1 };
  }

  /** What is missing from its lists is not taken for deleted. */
  async pull(_cursor: string | null, signal: AbortSignal, base: BaseView): Promise<PullPage> {
    const { account, clock } = this.#options;
    const forms = formsFor(account, 'fallback');
    const { rows, leftOut } = await this.#api.everything(signal);
    const changes = entityKinds.flatMap((kind) =>
      rows[kind].flatMap((row): Change[] => {
        const known = base.get(row.id);
        const entity = entityFrom(forms, kind, row, known, clock.now());
        if (!entity || entity === known) return [];
        const version = base.version(row.id) + 1;
        return [{ entity: kind, id: row.id, version, data: { ...entity, version }, opId: null }];
      }),
    );
    return { changes, next: 'listed', hasMore: false, notices: noticesOf(leftOut) };
  }

  push(operations: readonly Operation[]): Promise<readonly PushResult[]> {
    const problem = {
      code: 'forbidden',
      message: `${this.#options.origin} is an older server, which is only read`,
      hint: 'Disconnect the workspace from it, and import what it holds instead (“Import from a Server or a Folder…”, cf_cli import --from).',
    };
    return Promise.resolve(operations.map(({ opId }) => ({ opId, outcome: 'rejected', problem })));
  }
}

const referencesShown = 10;

function noticesOf(leftOut: Coherent['leftOut']): Notice[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, referencesShown).map(({ id, member, target }) => `${id} ${member} ${target}`);
  const more = leftOut.length - shown.length;
  const subject = leftOut.length === 1 ? '1 reference leads' : `${leftOut.length} references lead`;
  const all = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return [
    {
      code: 'server-references',
      message: `${subject} to what the server does not list: ${all}`,
      hint: 'They are left out here; nothing was changed there.',
    },
  ];
}
