import type { DtmError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import type { Problem, PushResult } from '../core/ports.ts';
import type { JournalRecord } from './journalRecord.ts';

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
  switch (result.outcome) {
    case 'applied':
    case 'duplicate': {
      const change = { entity: operation.entity, id: operation.id, version: result.version, data: result.entity, opId };
      return [{ type: 'acknowledged', opId, change }];
    }
    case 'conflict': {
      const problem = result.problem === undefined ? {} : { problem: result.problem };
      return [{ type: 'parked', opId, parking: { state: 'conflict', fields: result.fields, ...problem } }];
    }
    case 'rejected':
      return [{ type: 'parked', opId, parking: { state: 'rejected', problem: result.problem } }];
  }
}

/** Adds the answers of one request. */
export function count(counts: SyncCounts, results: readonly PushResult[]): void {
  for (const { outcome } of results) {
    if (outcome === 'applied' || outcome === 'duplicate') counts.pushed++;
    else if (outcome === 'conflict') counts.conflicts++;
    else if (outcome === 'rejected') counts.rejected++;
  }
}
