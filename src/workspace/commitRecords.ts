import type { Operation } from '../core/operation.ts';
import type { JournalRecord } from './journalRecord.ts';

/**
 * The journal records of a commit. The operations of a group share one place in the order and one line: they are never
 * read, cut off or pushed in part.
 */
export function commitRecords(operations: readonly Operation[], firstLamport: number): JournalRecord[] {
  return unitsOf(operations).map((unit, index) => {
    const lamport = firstLamport + index;
    const [operation] = unit;
    if (unit.length > 1 || !operation) return { type: 'group', lamport, operations: unit };
    return { type: 'operation', lamport, operation };
  });
}

/** Splits operations in order: a group in one piece, everything else by itself. */
export function unitsOf(operations: readonly Operation[]): Operation[][] {
  return [...eachUnit(operations)];
}

/** The same, one by one: for who needs only the first of many. */
export function* eachUnit(operations: readonly Operation[]): Generator<Operation[]> {
  let unit: Operation[] = [];
  for (const operation of operations) {
    const belongs = operation.groupId !== undefined && unit[0]?.groupId === operation.groupId;
    if (!belongs && unit.length > 0) yield unit;
    if (belongs) unit.push(operation);
    else unit = [operation];
  }
  if (unit.length > 0) yield unit;
}
