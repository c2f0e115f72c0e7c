import { checkOperations, type Seen } from '../core/checkOperations.ts';
import type { Entity, EntityByKind } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import type { Author, Dependents } from '../core/expand.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Settlement, TrackerStore } from '../core/ports.ts';
import { type Resolution, resolutionOperations } from '../core/resolution.ts';
import { type ChangedEntity, contradictionOf, type StoppedChange } from '../core/stoppedChange.ts';
import { requireOwnAccount } from './ownAccount.ts';
import { refusalError } from './refusal.ts';
import { type Arrival, arrivalOf } from './writing.ts';

/** What a decision about a stopped change came to. */
export interface Resolved {
  /** The entity as the person sees it now; null if it is not there. */
  readonly entity: Entity | null;
  readonly arrival: Arrival;
  /** Operations that were given up because they only made sense together with this one. */
  readonly dropped: number;
}

export interface StoppedChangesOptions {
  readonly store: () => TrackerStore;
  readonly author: () => Author;
  /** How long a decision waits for the server's answer. */
  readonly settleTimeoutMs: number;
}

/** The use cases of what the server did not take: look at it, decide, try again. */
export class StoppedChanges {
  readonly #options: StoppedChangesOptions;

  constructor(options: StoppedChangesOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  list(): readonly StoppedChange[] {
    return this.#store.stopped();
  }

  /**
   * Carries out a decision: checked like any other change, durable before it resolves, then pushed. What waited for the
   * change goes on.
   * @throws DtmError `conflict` if it was settled meanwhile; what is wrong with the outcome, in which case nothing was
   * changed; what the server refuses it with again, in which case it is listed again
   */
  async resolve(change: StoppedChange, resolution: Resolution): Promise<Resolved> {
    const store = this.#store;
    const { author, settleTimeoutMs } = this.#options;
    await requireOwnAccount(store);
    const isGivenUp = contradictionOf(change) === 'create' && resolution.side === 'theirs';
    if (isGivenUp) return this.#resolved(store, change, new Map(), await store.drop([change.opId]));
    const operations = resolutionOperations(author(), change, resolution, (one) => dependentsOf(store, one));
    const own = operations.filter(({ id }) => !change.waiting.some((waiting) => waiting.id === id));
    checkOperations(seenWithout(store, change), own);
    await store.replace(change, operations);
    const settlements = await store.settle(
      own.map(({ opId }) => opId),
      settleTimeoutMs,
    );
    throwRefusal(settlements);
    return this.#resolved(store, change, settlements, 0);
  }

  get #store(): TrackerStore {
    return this.#options.store();
  }

  #resolved(
    store: TrackerStore,
    { entity, id }: StoppedChange,
    settlements: ReadonlyMap<string, Settlement>,
    dropped: number,
  ): Resolved {
    return { entity: store.visible.get(entity, id) ?? null, arrival: arrivalOf(store, settlements), dropped };
  }
}

function dependentsOf({ visible }: TrackerStore, { entity, id }: ChangedEntity): Dependents {
  if (entity === 'task') return { sprints: [], tasks: [] };
  return { sprints: entity === 'project' ? [...visible.sprintsOf(id)] : [], tasks: [...visible.tasksOf(id)] };
}

/** What the person would see without the stopped change. */
function seenWithout({ visible }: TrackerStore, change: StoppedChange): Seen {
  const without = new Map([change, ...change.companions].map((one) => [one.id, one.current]));
  return {
    get<K extends EntityKind>(kind: K, id: string): EntityByKind[K] | undefined {
      if (!without.has(id)) return visible.get(kind, id);
      return (without.get(id) ?? undefined) as EntityByKind[K] | undefined;
    },
  };
}

/** Refused once more: unlike a new change, what the person had done before is not forgotten. */
function throwRefusal(settlements: ReadonlyMap<string, Settlement>): void {
  const refused = [...settlements.values()].find((one) => one.outcome === 'rejected' || one.outcome === 'conflict');
  if (!refused) return;
  const { code, message, hint } = refusalError(refused);
  throw new DtmError(code, message, { hint: `The change is kept, and listed again. ${hint ?? ''}`.trimEnd() });
}
