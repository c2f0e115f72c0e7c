import { checkOperations } from '../core/checkOperations.ts';
import { isEmptyUpdate, type Operation } from '../core/operation.ts';
import type { Settlement, TrackerStore } from '../core/ports.ts';
import { refuseOtherAccount, requireOwnAccount } from './ownAccount.ts';
import { refusalError } from './refusal.ts';

/** Where a change has arrived. `local`: the workspace is bound to no server. */
export type Arrival = 'acknowledged' | 'queued' | 'local';

/**
 * Has the last word on operations that the check found in order; at once, so that nothing changes in between.
 * @returns what is written in their place
 * @throws DtmError why they must not be written
 */
export type Judge = (operations: readonly Operation[]) => readonly Operation[];

/** Hears what becomes of operations while they are written. */
export interface WritingObserver {
  /** They are durable and visible; nothing is known yet of the server. */
  committed(operations: readonly Operation[]): void;
  /** The server refused them at once: they left the queue again. */
  refused(operations: readonly Operation[]): void;
}

export interface WritingOptions {
  readonly store: () => TrackerStore;
  /** How long a command waits for the server's answer. */
  readonly settleTimeoutMs: number;
}

/** What a command does with the operations that it has made: checked, made durable, shown, pushed. */
export class Writing {
  readonly #options: WritingOptions;

  constructor(options: WritingOptions) {
    this.#options = options;
  }

  /**
   * @throws DtmError what the check finds; what the judge throws; `cannot-write`; what the server refuses them with, in which case they leave
   * no trace
   */
  async write(operations: readonly Operation[], observer: WritingObserver, judge: Judge = accept): Promise<Arrival> {
    const given = operations.filter((operation) => !isEmptyUpdate(operation));
    // Binding may put another tracker in its place meanwhile, which knows nothing of these operations.
    const store = this.#options.store();
    await requireOwnAccount(store);
    checkOperations(store.visible, given);
    const effective = judge(given);
    await store.commit(effective);
    observer.committed(effective);
    const opIds = effective.map((operation) => operation.opId);
    const settlements = await store.settle(opIds, this.#options.settleTimeoutMs);
    const refused = [...settlements.values()].find((one) => one.outcome === 'rejected' || one.outcome === 'conflict');
    const isOthers = isUntouched(settlements) && store.status.connection.otherAccount !== undefined;
    if (!refused && !isOthers) return arrivalOf(store, settlements);
    // A refusal that arrives within the command is the command's error.
    await store.drop(opIds);
    observer.refused(effective);
    if (refused) throw refusalError(refused);
    refuseOtherAccount(store);
    return arrivalOf(store, settlements);
  }
}

/** The word of whom nobody asked. */
const accept: Judge = (operations) => operations;

/** Whose account it is may be known only after the server was asked: then nothing was sent, and nothing is kept. */
function isUntouched(settlements: ReadonlyMap<string, Settlement>): boolean {
  return [...settlements.values()].every((one) => one.outcome === 'queued');
}

/** Where operations have arrived that were committed and waited for. */
export function arrivalOf(store: TrackerStore, settlements: ReadonlyMap<string, Settlement>): Arrival {
  if (store.status.connection.kind === 'local') return 'local';
  const acknowledged = [...settlements.values()].every((one) => one.outcome === 'acknowledged');
  return acknowledged ? 'acknowledged' : 'queued';
}
