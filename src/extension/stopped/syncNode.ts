import type { StoppedChange } from '../../core/stoppedChange.ts';
import type { WaitingChange } from '../../core/waiting.ts';
import type { CsvNode } from '../csv/csvNode.ts';

/** Something that has to be decided. `opId` and `id` are what commands ask for. */
export interface StoppedNode {
  readonly type: 'stopped';
  readonly opId: string;
  readonly id: string;
  readonly change: StoppedChange;
}

/** Heads what waits for the server. */
export interface WaitingHeading {
  readonly type: 'waitingHeading';
  readonly changes: readonly WaitingChange[];
}

export interface WaitingNode {
  readonly type: 'waiting';
  readonly id: string;
  readonly change: WaitingChange;
}

/** Stands for what is not shown yet. */
export interface MoreWaiting {
  readonly type: 'moreWaiting';
  readonly hidden: number;
}

export type SyncNode = StoppedNode | WaitingHeading | WaitingNode | MoreWaiting | CsvNode;

export function stoppedNode(change: StoppedChange): StoppedNode {
  return { type: 'stopped', opId: change.opId, id: change.id, change };
}

export function waitingNode(change: WaitingChange): WaitingNode {
  return { type: 'waiting', id: change.id, change };
}
