import fc from 'fast-check';
import { monotonicFactory } from 'ulid';
import { applyOperation } from '../../src/core/apply.ts';
import { changesOf } from '../../src/core/draft.ts';
import { type Entity, kindOf } from '../../src/core/entity.ts';
import { type EntityKind, entityKinds } from '../../src/core/ids.ts';
import { nextStatuses } from '../../src/core/lifecycle.ts';
import type { Operation, OperationHeader } from '../../src/core/operation.ts';
import { rebaseEntity } from '../../src/core/rebase.ts';
import { entityProblem } from '../../src/core/rules.ts';
import { draftArbitrary, entityArbitrary } from './arbitraries.ts';
import { TestLedger } from './evidence.ts';
import { seededRandom } from './seededRandom.ts';

/** Made once: a history is then only a list of small numbers, of which thousands are made in a second. */
const entities = entityKinds.flatMap((kind) => fc.sample(entityArbitrary<EntityKind>(kind), { numRuns: 12, seed: 7 }));
const draftsOf = (kind: EntityKind) => fc.sample(draftArbitrary(kind), { numRuns: 60, seed: 8 });
const drafts = { project: draftsOf('project'), sprint: draftsOf('sprint'), task: draftsOf('task') };

const doings = [
  'create',
  'update',
  'update',
  'step',
  'delete',
  'restore',
  'settle',
  'settle',
  'remote',
  'wait',
] as const;

/** One thing that happens: what, and a number that says to whom and how. */
export type Step = readonly [(typeof doings)[number], number];

export const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.constantFrom(...doings), fc.nat({ max: 9_999 })),
  { minLength: 4, maxLength: 12 },
);

interface Unsettled {
  readonly operation: Operation;
  readonly state: 'pending' | 'conflict' | 'rejected';
}

/**
 * A tracker that keeps its ledger as it should: base and pending operations, edits, acknowledgements, refusals,
 * conflicts, decisions, and what others do, in an order that the steps choose.
 */
class Workplace {
  readonly ledger = new TestLedger();
  readonly #base = new Map<string, Entity>();
  readonly #deleted = new Map<string, Entity>();
  #unsettled: Unsettled[] = [];
  readonly #newId = monotonicFactory(seededRandom(1));

  take([what, how]: Step): void {
    const model = entities[how % entities.length]!;
    if (what === 'wait') this.ledger.wait(how * 600_000);
    else if (what === 'settle') this.#settle(how);
    else if (what === 'remote') this.#remote(model, how);
    else this.#do(this.#operation(what, model, how));
  }

  #do(operation: Operation | undefined): void {
    if (operation && this.#isSound(operation)) this.#commit(operation);
  }

  #operation(
    what: 'create' | 'update' | 'step' | 'delete' | 'restore',
    model: Entity,
    how: number,
  ): Operation | undefined {
    const kind = kindOf(model);
    const current = this.ledger.seen.get(model.id);
    const header = this.#header(kind, model.id);
    const gone = this.#deleted.get(model.id);
    if (what === 'create') return current ? undefined : { ...header, kind: 'create', data: model };
    if (what === 'restore') return current || !gone ? undefined : { ...header, kind: 'restore', before: gone };
    if (!current) return undefined;
    if (what === 'delete') return { ...header, kind: 'delete', before: current };
    const statuses = nextStatuses(kind, current.status);
    const draft =
      what === 'step' ? { status: statuses[how % statuses.length] } : drafts[kind][how % drafts[kind].length]!;
    return { ...header, kind: 'update', ...changesOf(kind, current, draft) };
  }

  #header(entity: EntityKind, id: string): OperationHeader {
    return { opId: this.#newId(1), entity, id, at: this.ledger.now(), account: 'ada', surface: 'extension' };
  }

  /** What the gates see to before anything is committed. */
  #isSound(operation: Operation): boolean {
    const current = this.ledger.seen.get(operation.id) ?? null;
    const result = applyOperation(current, operation, { now: operation.at, at: operation.at, actor: 'ada' });
    if (result.outcome !== 'applied') return false;
    return !result.entity || !entityProblem(operation.entity, current, result.entity);
  }

  #commit(operation: Operation): void {
    this.#unsettled.push({ operation, state: 'pending' });
    if (operation.kind === 'delete') this.#deleted.set(operation.id, operation.before);
    this.ledger.settle(operation, 'intent', this.#visible(operation.id));
  }

  #settle(how: number): void {
    const one = this.#unsettled[how % Math.max(1, this.#unsettled.length)];
    if (!one) return;
    const { operation, state } = one;
    this.#unsettled = this.#unsettled.filter((other) => other !== one);
    const endings =
      state === 'pending'
        ? (['acknowledged', 'rejected', 'conflict', 'dropped'] as const)
        : (['resolved', 'dropped'] as const);
    const outcome = endings[how % endings.length]!;
    if (outcome === 'acknowledged') this.#arrive(operation);
    if (outcome === 'rejected' || outcome === 'conflict') this.#unsettled.push({ operation, state: outcome });
    this.ledger.settle(operation, outcome, this.#visible(operation.id));
  }

  /** The server applies it to what it has. */
  #arrive(operation: Operation): void {
    const stamp = { now: this.ledger.now(), at: operation.at, actor: operation.account };
    const result = applyOperation(this.#base.get(operation.id) ?? null, operation, stamp);
    if (result.outcome === 'applied') this.#put(operation.id, result.entity);
  }

  #remote(model: Entity, how: number): void {
    const version = (this.#base.get(model.id)?.version ?? 0) + 1;
    this.#put(model.id, how % 5 === 0 ? null : { ...model, version, updatedBy: 'bob' });
    this.ledger.remote(model.id, kindOf(model), this.#visible(model.id));
  }

  #put(id: string, entity: Entity | null): void {
    if (entity) this.#base.set(id, entity);
    else this.#base.delete(id);
  }

  #visible(id: string): Entity | null {
    const pending = this.#unsettled.filter(({ operation, state }) => operation.id === id && state === 'pending');
    return rebaseEntity(
      this.#base.get(id) ?? null,
      pending.map(({ operation }) => operation),
    ).entity;
  }
}

/** Plays a history. */
export function play(steps: readonly Step[]): TestLedger {
  const workplace = new Workplace();
  for (const step of steps) workplace.take(step);
  return workplace.ledger;
}

/** A long history that is the same each time. */
export function longHistory(steps: number, seed: number): TestLedger {
  const all = fc.sample(fc.tuple(fc.constantFrom(...doings), fc.nat({ max: 9_999 })), { numRuns: steps, seed });
  return play(all as Step[]);
}
