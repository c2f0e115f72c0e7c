import { type Entity, kindOf } from '../../core/entity.ts';
import type { Change } from '../../core/ports.ts';
import { commitRecords } from '../commitRecords.ts';
import type { JournalRecord } from '../journalRecord.ts';
import type { Lease } from '../lease.ts';
import { broughtProjects } from '../scope/projectScope.ts';
import type { SharedState } from '../sharedState.ts';
import type { TrackerOptions } from '../trackerOptions.ts';
import { CsvKeeper, type CsvKeeperOptions } from './csvKeeper.ts';

interface Owner extends TrackerOptions, Pick<CsvKeeperOptions, 'onNotices' | 'isOthers'> {
  readonly lease: Lease;
  readonly shared: SharedState;
  readonly append: (records: readonly JournalRecord[], durable: boolean) => Promise<void>;
  readonly onCsvReport: CsvKeeperOptions['onReport'];
}

/** The keeper of a tracker's CSV files; the personal workspace has none. */
export function csvKeeperOf(owner: Owner): CsvKeeper | undefined {
  const { projection, shared, expected, account, clock, newName, lease, append, onCsvReport, scope } = owner;
  if (!projection) return undefined;
  const tracker = () => ({
    visible: shared.visible,
    isKnown: (id: string) => shared.state.isKnown(id),
    isLocal: !expected,
    account: account(),
    now: () => clock.now(),
    newId: newName,
  });
  return new CsvKeeper({
    projection,
    tracker,
    commit: async (operations) => {
      await scope?.include(broughtProjects(operations));
      await append(commitRecords(operations, shared.state.nextLamport()), true);
    },
    adopt: (entities) => append([adoption(entities, shared.state.cursor)], true),
    mayWrite: () => lease.isHeld(),
    isOthers: owner.isOthers,
    resident: owner.resident,
    logger: owner.logger,
    onNotices: owner.onNotices,
    onReport: onCsvReport,
  });
}

/** What a colleague committed is the base from now on, like what a server tells. */
function adoption(entities: readonly Entity[], cursor: string | null): JournalRecord {
  const changes = entities.map(
    (data): Change => ({ entity: kindOf(data), id: data.id, version: data.version, data, opId: null }),
  );
  return { type: 'remote', changes, cursor: cursor ?? 'local' };
}
