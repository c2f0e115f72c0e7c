import type { Operation } from '../../core/operation.ts';
import type { PullPage, PushResult } from '../../core/ports.ts';
import type { Parking } from '../journalRecord.ts';
import { parkingOf } from '../pushResults.ts';
import { TrackerState } from '../trackerState.ts';
import { type RecoveryBasis, recoveryOperations } from './recoveryOperations.ts';
import { readSnapshot, type Snapshot, withAnswers } from './snapshot.ts';

export interface RecoverOptions {
  /** The state as it was before the server was restored. */
  readonly old: TrackerState;
  readonly epoch: number;
  readonly author: RecoveryBasis['author'];
  readonly dataset: string;
  /** What the server acknowledged lately, in journal order. */
  readonly acknowledged: readonly Operation[];
  page(cursor: string | null): Promise<PullPage>;
  push(operations: readonly Operation[]): Promise<readonly PushResult[]>;
}

export interface Recovered {
  /** Makes the new state; what is pending in the old one by then goes on in it. */
  readonly adopt: (old: TrackerState) => TrackerState;
  /** How many changes the server took that it had lost. */
  readonly sentAgain: number;
  readonly conflicts: number;
  /** Operations that bring back what the workspace had seen; they stood in no journal. */
  readonly made: readonly Operation[];
}

interface Parked {
  readonly operation: Operation;
  readonly parking: Parking;
}

/**
 * Follows a server whose data were restored from a backup: reads everything anew, sends again what the server had
 * acknowledged and then lost (it knows the ids of what it did not lose), brings back what else this workspace had seen,
 * and takes nothing for deleted that is only missing. Nothing here is changed until the end: whenever it is
 * interrupted, it can be done again.
 */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { old, epoch, author, dataset, acknowledged, push } = options;
  const { snapshot: before, cursor } = await readSnapshot((at) => options.page(at));
  const replayed = await push(acknowledged);
  const mended = withAnswers(before, acknowledged, replayed);
  const recovery = recoveryOperations({ known: old.baseEntities(), before, after: mended, author, dataset });
  const recovered = await push(recovery.operations);
  const after = withAnswers(mended, recovery.operations, recovered);
  const parked = [
    ...refused(acknowledged, replayed).filter(({ operation }) => !recovery.ids.has(operation.id)),
    ...refused(recovery.operations, recovered),
  ];
  const base = await baseOf(after, cursor, epoch, old.lamport);
  const applied = [...replayed, ...recovered].filter((result) => result.outcome === 'applied');
  const adopt = (now: TrackerState) => goOn(base, now, parked);
  return { adopt, sentAgain: applied.length, conflicts: parked.length, made: recovery.operations };
}

function refused(operations: readonly Operation[], results: readonly PushResult[]): Parked[] {
  return operations.flatMap((operation, index) => {
    const result = results[index];
    const parking = result && parkingOf(result);
    return parking ? [{ operation, parking }] : [];
  });
}

const chunk = 2_000;

async function baseOf(snapshot: Snapshot, cursor: string, epoch: number, lamport: number): Promise<TrackerState> {
  const state = new TrackerState();
  state.loadCursor(cursor, lamport);
  state.loadEpoch(epoch);
  let count = 0;
  for (const { id, version, data } of snapshot.values()) {
    if (data) state.load(data);
    else state.loadTombstone(id, version);
    // The extension host must never be blocked for long.
    if (++count % chunk === 0) await new Promise((resume) => setImmediate(resume));
  }
  return state;
}

function goOn(base: TrackerState, old: TrackerState, parked: readonly Parked[]): TrackerState {
  for (const { operation, parking } of [...old.parked, ...parked]) base.loadParked(operation, parking);
  for (const { lamport, operation } of old.pending) base.fold({ type: 'operation', lamport, operation });
  for (const entity of old.lastSeen.values()) base.loadLastSeen(entity);
  return base;
}
