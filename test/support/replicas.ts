import fc from 'fast-check';
import { monotonicFactory } from 'ulid';
import { applyOperation } from '../../src/core/apply.ts';
import type { Entity } from '../../src/core/entity.ts';
import { type Author, createOperation, deleteOperations, updateOperation } from '../../src/core/expand.ts';
import { isEmptyUpdate, type Operation } from '../../src/core/operation.ts';
import { rebaseEntity } from '../../src/core/rebase.ts';
import { entityProblem } from '../../src/core/rules.ts';

const newId = monotonicFactory();
const at = '2026-03-01T12:00:00.000Z';

export interface Edit {
  readonly id: string;
  readonly change: Readonly<Record<string, unknown>> | 'delete';
}

const word = fc.constantFrom('a', 'b', 'c');
const criteria = fc.uniqueArray(fc.record({ id: fc.constantFrom('c1', 'c2'), text: word, done: fc.boolean() }), {
  selector: (criterion) => criterion.id,
});

/** Few tasks, few fields, few values: so that edits meet. An edit of what is not there creates it. */
export const editArbitrary: fc.Arbitrary<Edit> = fc.record({
  id: fc.constantFrom('T-1', 'T-2'),
  change: fc.oneof(
    { weight: 1, arbitrary: fc.constant('delete' as const) },
    { weight: 3, arbitrary: word.map((title) => ({ title })) },
    { weight: 2, arbitrary: fc.constantFrom('ready', 'in_progress', 'done', 'dropped').map((status) => ({ status })) },
    { weight: 2, arbitrary: fc.uniqueArray(word).map((labels) => ({ labels })) },
    { weight: 2, arbitrary: criteria.map((acceptanceCriteria) => ({ acceptanceCriteria })) },
  ),
});

/** Applies each operation once, by compare and set, as the rules of the API ask. */
export class Server {
  readonly entities = new Map<string, Entity>();
  readonly appliedIds: string[] = [];
  applications = 0;
  readonly #versions = new Map<string, number>();
  readonly #feed: { readonly id: string; readonly opId: string }[] = [];
  readonly #known = new Set<string>();

  isApplied(opId: string): boolean {
    return this.#known.has(opId);
  }

  apply(operation: Operation): 'applied' | 'conflict' {
    if (this.#known.has(operation.opId)) return 'applied';
    const { id } = operation;
    const current = this.entities.get(id) ?? null;
    const version = (this.#versions.get(id) ?? 0) + 1;
    const result = applyOperation(current, operation, { now: at, at, actor: operation.account, version });
    if (result.outcome === 'conflict') return 'conflict';
    if (result.entity && result.changed && entityProblem('task', current, result.entity)) return 'conflict';
    if (!isLegitimate(current, operation, result.entity)) throw new Error(`${operation.opId} overwrote something`);
    this.applications += 1;
    this.appliedIds.push(operation.opId);
    this.#known.add(operation.opId);
    if (result.entity) this.entities.set(id, result.entity);
    else this.entities.delete(id);
    if (result.changed) this.#versions.set(id, version);
    this.#feed.push({ id, opId: operation.opId });
    return 'applied';
  }

  /** What changed since a place in the feed, as it is now. */
  changesSince(cursor: number) {
    const changes = this.#feed.slice(cursor);
    return { changes, entities: this.entities, next: this.#feed.length };
  }
}

/** Compare and set, told in another way: nothing may be replaced that its author did not see. */
function isLegitimate(before: Entity | null, operation: Operation, after: Entity | null): boolean {
  if (operation.kind !== 'update') return operation.kind === 'create' || after === null;
  const value = (entity: Entity | null, field: string) => JSON.stringify((entity as never as Fields)?.[field]);
  return Object.entries(operation.set).every(([field, { from, to }]) => {
    const seen = value(before, field);
    return (seen === JSON.stringify(from) || seen === JSON.stringify(to)) && value(after, field) === JSON.stringify(to);
  });
}
type Fields = Readonly<Record<string, unknown>>;

/** A tracker in miniature: base + pending = what the person sees. */
export class Replica {
  readonly base = new Map<string, Entity>();
  readonly made: Operation[] = [];
  readonly acknowledged = new Set<string>();
  readonly conflicts = new Set<string>();
  #pending: Operation[] = [];
  #cursor = 0;
  readonly #server: Server;
  readonly #author: Author;

  constructor(server: Server, account: string) {
    this.#server = server;
    this.#author = { account, surface: 'cli', now: () => at, newId };
  }

  visible(): Map<string, Entity> {
    const ids = new Set([...this.base.keys(), ...this.#pending.map((operation) => operation.id)]);
    const seen = [...ids].map((id) => [id, this.#see(id)] as const);
    return new Map(seen.filter((entry): entry is readonly [string, Entity] => entry[1] !== null));
  }

  /** Does what the rules allow the person now; nothing where they do not. */
  edit({ id, change }: Edit): void {
    const seen = this.#see(id);
    const operation = this.#operationFor(seen, id, change);
    if (!operation || isEmptyUpdate(operation)) return;
    if (rebaseEntity(seen, [operation]).conflicts.length > 0) return;
    this.#pending.push(operation);
    this.made.push(operation);
  }

  push(): void {
    for (const operation of this.#pending) {
      if (this.#server.apply(operation) === 'conflict') this.conflicts.add(operation.opId);
    }
    this.pull();
    const open = this.#pending.filter(({ opId }) => this.#server.isApplied(opId));
    for (const { opId } of open) this.acknowledged.add(opId);
    this.#pending = [];
  }

  pushAndLoseTheAnswer(): void {
    for (const operation of this.#pending) {
      if (this.#server.apply(operation) === 'conflict') break;
    }
  }

  pull(): void {
    const { changes, entities, next } = this.#server.changesSince(this.#cursor);
    for (const { id, opId } of changes) {
      const entity = entities.get(id);
      if (entity) this.base.set(id, entity);
      else this.base.delete(id);
      this.#acknowledge(opId);
    }
    this.#cursor = next;
  }

  sync(): void {
    this.pull();
    this.push();
  }

  #acknowledge(opId: string): void {
    if (!this.#pending.some((operation) => operation.opId === opId)) return;
    this.acknowledged.add(opId);
    this.#pending = this.#pending.filter((operation) => operation.opId !== opId);
  }

  #see(id: string): Entity | null {
    const pending = this.#pending.filter((operation) => operation.id === id);
    return rebaseEntity(this.base.get(id) ?? null, pending).entity;
  }

  #operationFor(seen: Entity | null, id: string, change: Edit['change']): Operation | undefined {
    if (!seen) return change === 'delete' ? undefined : createOperation(this.#author, 'task', id, newTask(change));
    if (change !== 'delete') return updateOperation(this.#author, 'task', seen, change);
    return deleteOperations(this.#author, 'task', seen, { sprints: [], tasks: [] }, false)[0];
  }
}

function newTask(change: Readonly<Record<string, unknown>>) {
  return { projectId: 'P-1', title: 'new', ...change };
}
