import type { DtmError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { PushResult } from '../core/ports.ts';
import type { Problem } from '../core/problem.ts';
import type { JournalRecord, Parking } from './journalRecord.ts';

/** What a sync did, in numbers. */
export interface SyncCounts {
  pulled: number;
  pushed: number;
  conflicts: number;
  rejected: number;
}

/** Answers to a whole request that the same request would get again: something in it is not wanted. */
export const refusals: ReadonlySet<string> = new Set([
  'bad-request',
  'forbidden',
  'validation',
  'too-large',
  'unsupported-media-type',
]);

/** The first place at or after `end` that does not cut a group in two. */
export function groupBoundary(operations: readonly Operation[], end: number): number {
  let at = end;
  const group = operations[at - 1]?.groupId;
  while (group !== undefined && operations[at]?.groupId === group) at++;
  return at;
}

/** An error as facts for the journal. */
export function problemOf(error: DtmError): Problem {
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

/** What the journal keeps of an answer; nothing where the operation has to be sent again. */
export function recordOf(operation: Operation | undefined, result: PushResult): JournalRecord[] {
  if (!operation || result.outcome === 'skipped') return [];
  const { opId } = operation;
  if (result.outcome === 'applied' || result.outcome === 'duplicate') {
    const change = { entity: operation.entity, id: operation.id, version: result.version, data: result.entity, opId };
    return [{ type: 'acknowledged', opId, change }];
  }
  const parking = parkingOf(result);
  return parking ? [{ type: 'parked', opId, parking }] : [];
}

/** Why an operation stands aside after this answer; undefined if it was taken. */
export function parkingOf(result: PushResult): Parking | undefined {
  if (result.outcome === 'conflict') {
    const problem = result.problem === undefined ? {} : { problem: result.problem };
    return { state: 'conflict', fields: result.fields, ...problem };
  }
  return 'problem' in result ? { state: 'rejected', problem: result.problem } : undefined;
}

/** Adds the answers of one request. */
export function count(counts: SyncCounts, results: readonly PushResult[]): void {
  for (const { outcome } of results) {
    if (outcome === 'applied' || outcome === 'duplicate') counts.pushed++;
    else if (outcome === 'conflict') counts.conflicts++;
    else if (outcome === 'rejected') counts.rejected++;
  }
}
