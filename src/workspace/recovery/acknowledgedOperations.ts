import { join } from 'node:path';
import type { Operation } from '../../core/operation.ts';
import { compareCodePoints } from '../../core/text.ts';
import { listNames } from '../files.ts';
import type { JournalRecord } from '../journalRecord.ts';
import { readSegment } from '../segmentReader.ts';

interface Logged {
  readonly lamport: number;
  /** Place in its segment, so that the operations of a group keep their order. */
  readonly index: number;
  readonly operation: Operation;
}

/**
 * The operations of this workspace that the server acknowledged, by all its processes, in journal order: those that a
 * restored server may have lost.
 * @param folder the tracker's state folder
 * @param since RFC 3339; older ones are left out
 */
export async function acknowledgedOperations(folder: string, since: string): Promise<Operation[]> {
  const logged = new Map<string, Logged>();
  const acknowledged = new Set<string>();
  for (const name of ['archive', 'journal']) {
    for (const segment of (await listNames(join(folder, name))).sort()) {
      const part = await readSegment(join(folder, name, segment), 0);
      for (const record of part?.records ?? []) note(record, logged, acknowledged);
    }
  }
  const lost = [...logged.values()].filter(
    ({ operation }) => acknowledged.has(operation.opId) && operation.at >= since,
  );
  return lost.sort(byJournalOrder).map(({ operation }) => operation);
}

function note(record: JournalRecord, logged: Map<string, Logged>, acknowledged: Set<string>): void {
  const add = (lamport: number, operations: readonly Operation[]) => {
    for (const [index, operation] of operations.entries()) logged.set(operation.opId, { lamport, index, operation });
  };
  if (record.type === 'operation') add(record.lamport, [record.operation]);
  else if (record.type === 'group') add(record.lamport, record.operations);
  else if (record.type === 'acknowledged') acknowledged.add(record.opId);
  else if (record.type === 'dropped') for (const opId of record.opIds) acknowledged.delete(opId);
}

/** By lamport; of several processes' operations at one place, those of a group stay together. */
function byJournalOrder(a: Logged, b: Logged): number {
  const unit = ({ operation }: Logged) => operation.groupId ?? operation.opId;
  return a.lamport - b.lamport || compareCodePoints(unit(a), unit(b)) || a.index - b.index;
}
