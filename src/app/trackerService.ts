import type { Draft } from '../core/draft.ts';
import type { Entity, EntityByKind } from '../core/entity.ts';
import { evaluate } from '../core/evaluate.ts';
import {
  type Author,
  createOperation,
  type Dependents,
  deleteOperations,
  preparedStatusOperations,
  statusOperations,
  stepOperation,
  updateOperation,
} from '../core/expand.ts';
import type { GateOverrides } from '../core/gates/settings.ts';
import type { GateVerdict } from '../core/gates/verdict.ts';
import { type EntityKind, newEntityId } from '../core/ids.ts';
import { isEmptyUpdate, type Operation, type Surface } from '../core/operation.ts';
import type { Clock, IdSource, TrackerStore } from '../core/ports.ts';
import type { Page, Query } from '../core/query.ts';
import type { GateHearing, Gates } from './gates.ts';
import { resolveId } from './resolveId.ts';
import type { Arrival, Writing, WritingObserver } from './writing.ts';

/** What a writing use case did. */
export interface Written<E extends Entity = Entity> {
  /** The entity as the person sees it now; null after a deletion. */
  readonly entity: E | null;
  readonly arrival: Arrival;
  /** False where everything already was as wanted. */
  readonly changed: boolean;
  /** Further entities that were changed or deleted along with it. */
  readonly alsoChanged: number;
  /** The name by which the change can be taken back (`UndoHistory.undo`); undefined where nothing changed. */
  readonly changeId?: string | undefined;
  /** What quality gates object to; it stopped nothing. */
  readonly warnings: readonly GateVerdict[];
}

export interface WriteOptions {
  /** Why, in the person's words; kept as evidence. */
  readonly reason?: string | undefined;
  /** Why, for each quality gate that is not to stop this; kept with the reason where the gate objects. */
  readonly override?: GateOverrides | undefined;
}

export interface TrackerServiceOptions {
  readonly store: () => TrackerStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly surface: Surface;
  /** Who acts. */
  readonly account: () => string;
  readonly writing: Writing;
  /** Hears of every change that is made here. */
  readonly observer: WritingObserver;
  readonly gates: Gates;
  /** Hears what the gates said of every change that was committed. */
  readonly judged: (operations: readonly Operation[], verdicts: readonly GateVerdict[]) => void;
}

/**
 * The use cases of projects, sprints and tasks: the only way in which anything is changed, online or offline.
 * A change is checked, judged by the quality gates, made durable, shown, and then pushed; a rejection by the server is thrown and leaves no trace in
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

  /** @throws DtmError `validation`, `gate-blocked` and whatever the server refuses it with */
  async create<K extends EntityKind>(
    kind: K,
    draft: Draft,
    options: WriteOptions = {},
  ): Promise<Written<EntityByKind[K]>> {
    const id = newEntityId(kind, (count) => this.#options.ids.randomBytes(count));
    return this.#write(kind, id, [createOperation(this.#author(options), kind, id, draft)], options);
  }

  /**
   * Gives fields new values; a status among them must be one allowed step.
   * @throws DtmError `not-found`, `validation`, `illegal-transition`, `gate-blocked`, …
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
    return this.#write(kind, id, [operation], options);
  }

  /**
   * Leads an entity along its lifecycle to a status, over as many steps as it takes.
   * @param options `needed`: fields that a status on the way cannot be without (a reason, an owner)
   * @throws DtmError `illegal-transition` where no way leads there; `validation`, `gate-blocked`
   */
  async moveTo<K extends EntityKind>(
    kind: K,
    id: string,
    status: string,
    options: WriteOptions & { readonly needed?: Draft } = {},
  ): Promise<Written<EntityByKind[K]>> {
    const current = this.#existing(kind, id);
    const author = this.#author(options);
    const { needed = {} } = options;
    const isPrepared = Object.keys(needed).length > 0;
    const operations = isPrepared
      ? preparedStatusOperations(author, kind, current, status, needed)
      : statusOperations(author, kind, current, status);
    return this.#write(kind, id, operations, options);
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
    const operations = deleteOperations(this.#author(options), kind, current, dependents, options.cascade ?? false);
    return this.#write(kind, id, operations, options);
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
    { override }: WriteOptions,
  ): Promise<Written<EntityByKind[K]>> {
    const effective = operations.filter((operation) => !isEmptyUpdate(operation));
    if (effective.length === 0) return this.#written(kind, id, { arrival: 'acknowledged', operations: effective });
    const { writing, gates } = this.#options;
    const hearing = await gates.prepare(this.#store.visible, effective, override);
    const arrival = await writing.write(effective, this.#observer(hearing), (checked) => hearing.judge(checked));
    return this.#written(kind, id, { arrival, operations: effective, warnings: hearing.warnings });
  }

  #observer(hearing: GateHearing): WritingObserver {
    const { observer, judged } = this.#options;
    return {
      committed: (operations) => {
        observer.committed(operations);
        judged(operations, hearing.verdicts);
      },
      refused: (operations) => observer.refused(operations),
    };
  }

  #written<K extends EntityKind>(
    kind: K,
    id: string,
    { arrival, operations, warnings = [] }: Outcome,
  ): Written<EntityByKind[K]> {
    const entity = this.#store.visible.get(kind, id) ?? null;
    const alsoChanged = Math.max(0, operations.length - 1);
    return { entity, arrival, changed: operations.length > 0, alsoChanged, changeId: operations[0]?.opId, warnings };
  }
}

interface Outcome {
  readonly arrival: Arrival;
  readonly operations: readonly Operation[];
  readonly warnings?: readonly GateVerdict[];
}
