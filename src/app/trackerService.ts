import { checkOperations } from '../core/checkOperations.ts';
import type { Draft } from '../core/draft.ts';
import type { Entity, EntityByKind } from '../core/entity.ts';
import { evaluate } from '../core/evaluate.ts';
import {
  type Author,
  createOperation,
  type Dependents,
  deleteOperations,
  statusOperations,
  stepOperation,
  updateOperation,
} from '../core/expand.ts';
import { type EntityKind, newEntityId } from '../core/ids.ts';
import { isEmptyUpdate, type Operation, type Surface } from '../core/operation.ts';
import type { Clock, IdSource, Settlement, TrackerStore } from '../core/ports.ts';
import type { Page, Query } from '../core/query.ts';
import { refuseOtherAccount, requireOwnAccount } from './ownAccount.ts';
import { refusalError } from './refusal.ts';
import { resolveId } from './resolveId.ts';

/** Where a change has arrived. `local`: the workspace is bound to no server. */
export type Arrival = 'acknowledged' | 'queued' | 'local';

/** What a writing use case did. */
export interface Written<E extends Entity = Entity> {
  /** The entity as the person sees it now; null after a deletion. */
  readonly entity: E | null;
  readonly arrival: Arrival;
  /** False where everything already was as wanted. */
  readonly changed: boolean;
  /** Further entities that were changed or deleted along with it. */
  readonly alsoChanged: number;
}

export interface WriteOptions {
  /** Why, in the person's words; kept as evidence. */
  readonly reason?: string | undefined;
}

export interface TrackerServiceOptions {
  readonly store: () => TrackerStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly surface: Surface;
  /** Who acts. */
  readonly account: () => string;
  /** How long a command waits for the server's answer. */
  readonly settleTimeoutMs: number;
}

/**
 * The use cases of projects, sprints and tasks: the only way in which anything is changed, online or offline.
 * A change is checked, made durable, shown, and then pushed; a rejection by the server is thrown and leaves no trace in
 * what the person sees.
 */
export class TrackerService {
  readonly #options: TrackerServiceOptions;

  constructor(options: TrackerServiceOptions) {
    this.#options = options;
  }

  get<K extends EntityKind>(kind: K, id: string): EntityByKind[K] | undefined {
    return this.#store.visible.get(kind, id);
  }

  /**
   * Finds an entity by its id or any unambiguous prefix of at least four characters after the letter.
   * @throws DtmError `not-found`, `ambiguous-id` listing the candidates
   */
  find<K extends EntityKind>(kind: K, idOrPrefix: string): EntityByKind[K] {
    return resolveId(this.#store.visible, kind, idOrPrefix);
  }

  list<K extends EntityKind>(kind: K, query: Query): Page<EntityByKind[K]> {
    return evaluate(kind, this.#store.visible.all(kind), query, this.#options.clock.now());
  }

  sprintsOf(projectId: string): Iterable<EntityByKind['sprint']> {
    return this.#store.visible.sprintsOf(projectId);
  }

  /** Tasks of a project or sprint, or subtasks of a task. */
  tasksOf(parentId: string): Iterable<EntityByKind['task']> {
    return this.#store.visible.tasksOf(parentId);
  }

  count(kind: EntityKind): number {
    return this.#store.visible.count(kind);
  }

  /** @throws DtmError `validation` and whatever the server refuses it with */
  async create<K extends EntityKind>(
    kind: K,
    draft: Draft,
    options: WriteOptions = {},
  ): Promise<Written<EntityByKind[K]>> {
    const id = newEntityId(kind, (count) => this.#options.ids.randomBytes(count));
    return this.#write(kind, id, [createOperation(this.#author(options), kind, id, draft)]);
  }

  /**
   * Gives fields new values; a status among them must be one allowed step.
   * @throws DtmError `not-found`, `validation`, `illegal-transition`, …
   */
  async update<K extends EntityKind>(
    kind: K,
    id: string,
    draft: Draft,
    options: WriteOptions = {},
  ): Promise<Written<EntityByKind[K]>> {
    const current = this.#existing(kind, id);
    const author = this.#author(options);
    const operation =
      draft.status === undefined
        ? updateOperation(author, kind, current, draft)
        : stepOperation(author, kind, current, draft);
    return this.#write(kind, id, [operation]);
  }

  /**
   * Leads an entity along its lifecycle to a status, over as many steps as it takes.
   * @throws DtmError `illegal-transition` where no way leads there
   */
  async moveTo<K extends EntityKind>(
    kind: K,
    id: string,
    status: string,
    options: WriteOptions = {},
  ): Promise<Written<EntityByKind[K]>> {
    const current = this.#existing(kind, id);
    return this.#write(kind, id, statusOperations(this.#author(options), kind, current, status));
  }

  /** Completes a task: the shortest allowed way to `done`. */
  complete(id: string, options: WriteOptions = {}): Promise<Written<EntityByKind['task']>> {
    return this.moveTo('task', id, 'done', options);
  }

  /** Takes a finished task up again (`ready`). */
  reopen(id: string, options: WriteOptions = {}): Promise<Written<EntityByKind['task']>> {
    return this.moveTo('task', id, 'ready', options);
  }

  /**
   * Deletes an entity. A sprint lets its tasks go; a project must be empty unless `cascade` is set.
   * @throws DtmError `not-found`, `has-dependents`
   */
  async delete<K extends EntityKind>(
    kind: K,
    id: string,
    options: WriteOptions & { readonly cascade?: boolean } = {},
  ): Promise<Written<EntityByKind[K]>> {
    const current = this.#existing(kind, id);
    const dependents = this.dependentsOf(kind, id);
    return this.#write(
      kind,
      id,
      deleteOperations(this.#author(options), kind, current, dependents, options.cascade ?? false),
    );
  }

  /** Brings a deleted entity back as it was. */
  async restore<K extends EntityKind>(
    kind: K,
    before: EntityByKind[K],
    options: WriteOptions = {},
  ): Promise<Written<EntityByKind[K]>> {
    const author = this.#author(options);
    const { account, surface } = author;
    const header = { opId: author.newId(), entity: kind, id: before.id, at: author.now(), account, surface };
    return this.#write(kind, before.id, [{ ...header, kind: 'restore', before }]);
  }

  /** What a deletion would take along or let go. */
  dependentsOf(kind: EntityKind, id: string): Dependents {
    if (kind === 'task') return { sprints: [], tasks: [] };
    const sprints = kind === 'project' ? [...this.#store.visible.sprintsOf(id)] : [];
    return { sprints, tasks: [...this.#store.visible.tasksOf(id)] };
  }

  get #store(): TrackerStore {
    return this.#options.store();
  }

  #author(options: WriteOptions): Author {
    const { account, surface, clock, ids } = this.#options;
    return { account: account(), surface, reason: options.reason, now: () => clock.now(), newId: () => ids.ulid() };
  }

  #existing<K extends EntityKind>(kind: K, id: string): EntityByKind[K] {
    return this.find(kind, id);
  }

  async #write<K extends EntityKind>(
    kind: K,
    id: string,
    operations: readonly Operation[],
  ): Promise<Written<EntityByKind[K]>> {
    const effective = operations.filter((operation) => !isEmptyUpdate(operation));
    if (effective.length === 0) return this.#written(kind, id, 'acknowledged', 0);
    // Binding may put another tracker in its place meanwhile, which knows nothing of these operations.
    const store = this.#store;
    await requireOwnAccount(store);
    checkOperations(store.visible, effective);
    await store.commit(effective);
    const opIds = effective.map((operation) => operation.opId);
    const settlements = await store.settle(opIds, this.#options.settleTimeoutMs);
    await throwRefusal(store, opIds, settlements);
    await takeBackUnlessOwn(store, opIds, settlements);
    return this.#written(kind, id, arrivalOf(store, settlements), effective.length);
  }

  #written<K extends EntityKind>(kind: K, id: string, arrival: Arrival, operations: number): Written<EntityByKind[K]> {
    const entity = this.#store.visible.get(kind, id) ?? null;
    return { entity, arrival, changed: operations > 0, alsoChanged: Math.max(0, operations - 1) };
  }
}

/** A refusal that arrives within the command is the command's error; the operations leave the queue. */
async function throwRefusal(
  store: TrackerStore,
  opIds: readonly string[],
  settlements: ReadonlyMap<string, Settlement>,
): Promise<void> {
  const refused = [...settlements.values()].find((one) => one.outcome === 'rejected' || one.outcome === 'conflict');
  if (!refused) return;
  await store.drop(opIds);
  throw refusalError(refused);
}

/** Whose account it is may be known only after the server was asked: then nothing was sent, and nothing is kept. */
async function takeBackUnlessOwn(
  store: TrackerStore,
  opIds: readonly string[],
  settlements: ReadonlyMap<string, Settlement>,
): Promise<void> {
  const isUntouched = [...settlements.values()].every((one) => one.outcome === 'queued');
  if (!isUntouched || store.status.connection.otherAccount === undefined) return;
  await store.drop(opIds);
  refuseOtherAccount(store);
}

/** Where operations have arrived that were committed and waited for. */
export function arrivalOf(store: TrackerStore, settlements: ReadonlyMap<string, Settlement>): Arrival {
  if (store.status.connection.kind === 'local') return 'local';
  const acknowledged = [...settlements.values()].every((one) => one.outcome === 'acknowledged');
  return acknowledged ? 'acknowledged' : 'queued';
}
