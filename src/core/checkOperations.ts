import { applyOperation } from './apply.ts';
import { type Entity, kindOf } from './entity.ts';
import { DtmError } from './errors.ts';
import { kindOfId } from './ids.ts';
import type { Operation } from './operation.ts';
import type { VisibleState } from './ports.ts';
import { relationProblem, runCheck } from './relations.ts';
import { entityProblem } from './rules.ts';

/** What the operations are applied to. */
export type Seen = Pick<VisibleState, 'get'>;

/**
 * The operational gate: applies the operations to what the person sees, in order and without keeping the result, and
 * checks every entity that would come out (schema, lifecycle, dates, relations).
 * @throws DtmError the first thing that is wrong; nothing was written
 */
export function checkOperations(visible: Seen, operations: readonly Operation[]): void {
  new OperationTrial(visible).add(operations);
}

/** What the person would see after operations that are tried one unit after the other, those that fail left out. */
export class OperationTrial {
  readonly #visible: Seen;
  readonly #changed = new Map<string, Entity | null>();

  constructor(visible: Seen) {
    this.#visible = visible;
  }

  /** The entity after what was added so far. */
  find(id: string): Entity | null {
    const changed = this.#changed.get(id);
    return changed === undefined ? findVisible(this.#visible, id) : changed;
  }

  /** Adds operations that belong together. @throws DtmError the first thing that is wrong; then none of them counts */
  add(operations: readonly Operation[]): void {
    const overlay = new Map<string, Entity | null>();
    const find = (id: string) => {
      const changed = overlay.get(id);
      return changed === undefined ? this.find(id) : changed;
    };
    for (const operation of operations) overlay.set(operation.id, checkOne(operation, find));
    for (const [id, entity] of overlay) this.#changed.set(id, entity);
  }

  /** Takes an entity that was changed elsewhere, as it is. @throws DtmError what is wrong with it */
  adopt(entity: Entity): void {
    const kind = kindOf(entity);
    const previous = this.find(entity.id);
    const problem = entityProblem(kind, null, entity);
    const wrong = problem ?? runCheck(relationProblem(kind, entity, previous), (id) => this.find(id));
    if (wrong) throw wrong;
    this.#changed.set(entity.id, entity);
  }
}

function checkOne(operation: Operation, find: (id: string) => Entity | null): Entity | null {
  const current = find(operation.id);
  const stamp = { now: operation.at, at: operation.at, actor: operation.account };
  const result = applyOperation(current, operation, stamp);
  if (result.outcome === 'conflict') throw changedMeanwhile(operation);
  if (result.entity === null || !result.changed) return result.entity;
  const problem = entityProblem(operation.entity, current, result.entity);
  const isNew = operation.kind === 'create';
  const relation = problem ?? runCheck(relationProblem(operation.entity, result.entity, current, isNew), find);
  if (relation) throw relation;
  return result.entity;
}

function findVisible(visible: Seen, id: string): Entity | null {
  const kind = kindOfId(id);
  return (kind && visible.get(kind, id)) ?? null;
}

function changedMeanwhile(operation: Operation): DtmError {
  return new DtmError('conflict', `${operation.id} was changed meanwhile`, {
    hint: 'Look at it again and repeat the change.',
  });
}
