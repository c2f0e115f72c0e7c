import { type Operation, unitsOf } from '../core/operation.ts';
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
