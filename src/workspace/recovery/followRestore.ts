import type { Operation } from '../../core/operation.ts';
import type { BackendIdentity, Clock, Logger, Notice, PullPage, PushResult } from '../../core/ports.ts';
import type { ExpectedData } from '../expectedData.ts';
import { keptSince } from '../retention.ts';
import type { TrackerState } from '../trackerState.ts';
import { type Recovered, recover } from './recover.ts';

/** What the tracker does for a recovery. */
export interface RecoveryHost {
  readonly state: TrackerState;
  /** The operations that the server acknowledged, in journal order. @param since RFC 3339 */
  acknowledged(since: string): Promise<readonly Operation[]>;
  /**
   * Puts another state in the place of this one and writes it to a base image.
   * @param made operations that led to it without having been in the journal
   * @returns where the old one is kept
   */
  replaceState(make: (old: TrackerState) => TrackerState, made: readonly Operation[]): Promise<string | undefined>;
  notify(notice: Notice): void;
}

export interface RestoreOptions {
  readonly host: RecoveryHost;
  readonly expected: ExpectedData;
  readonly found: BackendIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
  page(cursor: string | null): Promise<PullPage>;
  push(operations: readonly Operation[]): Promise<readonly PushResult[]>;
}

const reason = 'The server was restored from an older backup; this workspace had seen it so.';

/**
 * What is done once when a server has a new epoch (see {@link recover}), and what the person is told about it.
 * @returns how many changes need a decision
 * @throws DtmError if the server could not be asked; then nothing was changed here, and it is tried again
 */
export async function followRestore(options: RestoreOptions): Promise<number> {
  const { host, expected, found, clock, logger } = options;
  const since = keptSince(clock.now());
  logger.warn('sync.server-restored', { was: host.state.epoch, epoch: found.epoch });
  const recovered = await recover({
    old: host.state,
    epoch: found.epoch,
    author: { account: expected.account ?? 'unknown', surface: 'import', reason },
    dataset: `${found.datasetId};epoch=${found.epoch}`,
    acknowledged: await host.acknowledged(since),
    page: (cursor) => options.page(cursor),
    push: (operations) => options.push(operations),
  });
  const kept = await host.replaceState(recovered.adopt, recovered.made);
  const { sentAgain, conflicts } = recovered;
  logger.info('sync.recovered', { epoch: found.epoch, sentAgain, conflicts });
  host.notify(noticeOf(recovered, kept));
  return conflicts;
}

function noticeOf({ sentAgain, conflicts }: Recovered, kept: string | undefined): Notice {
  const asked = conflicts === 0 ? '' : `; ${conflicts} need a decision`;
  return {
    code: 'restored-server',
    message: `the server was restored from an older backup: ${sentAgain} changes that it had lost were sent again${asked}`,
    hint:
      kept === undefined
        ? 'Look whether everything is as you expect it.'
        : `Look whether everything is as you expect it; what this workspace knew before is kept in ${kept}.`,
    ...(kept === undefined ? {} : { file: kept }),
  };
}
