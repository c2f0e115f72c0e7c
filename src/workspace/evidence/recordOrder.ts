import type { JournalRecord } from '../journalRecord.ts';

/**
 * Records of several segments in an order in which they can have happened: each as it was read, but no operation after
 * its outcome, which may stand in a segment that is read earlier.
 */
export function operationsFirst(records: readonly JournalRecord[]): readonly JournalRecord[] {
  const waiting = new Map(records.flatMap((record) => operationIds(record).map((opId) => [opId, record] as const)));
  const done = new Set<JournalRecord>();
  const ordered: JournalRecord[] = [];
  const put = (record: JournalRecord): void => {
    if (done.has(record)) return;
    done.add(record);
    for (const opId of settledIds(record)) {
      const operation = waiting.get(opId);
      if (operation) put(operation);
    }
    ordered.push(record);
  };
  for (const record of records) put(record);
  return ordered;
}

function operationIds(record: JournalRecord): string[] {
  if (record.type === 'operation') return [record.operation.opId];
  return record.type === 'group' ? record.operations.map(({ opId }) => opId) : [];
}

function settledIds(record: JournalRecord): readonly string[] {
  if (record.type === 'acknowledged' || record.type === 'parked') return [record.opId];
  if (record.type === 'dropped') return record.opIds;
  return record.type === 'group' ? (record.replaced ?? []) : [];
}
