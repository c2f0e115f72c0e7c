import { applyOperation } from './apply.ts';
import { type Entity, kindOf } from './entity.ts';
import { DtmError } from './errors.ts';
import { type EntityKind, kindOfId } from './ids.ts';
import type { Operation } from './operation.ts';
import type { VisibleState } from './ports.ts';
import { relationProblem, runCheck } from './relations.ts';
import { entityProblem, outcomeProblem } from './rules.ts';

/** What the operations are applied to. */
export type Seen = Pick<VisibleState, 'get'>;

/**
 * The operational gate: applies the operations to what the person sees, in order and without keeping the result, and
 * checks every entity that would come out (schema, lifecycle, dates, relations).
 * @returns whether they would change anything
 * @throws DtmError the first thing that is wrong; nothing was written
 */
export function checkOperations(visible: Seen, operations: readonly Operation[]): boolean {
  return new OperationTrial(visible).add(operations);
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

  /**
   * Adds operations that belong together.
   * @returns whether they change anything
   * @throws DtmError the first thing that is wrong; then none of them counts
   */
  add(operations: readonly Operation[]): boolean {
    const overlay = new Map<string, Entity | null>();
    const find = (id: string) => {
      const changed = overlay.get(id);
      return changed === undefined ? this.find(id) : changed;
    };
    let changes = false;
    for (const operation of operations) {
      const before = find(operation.id);
      const after = checkOne(operation, before, find);
      overlay.set(operation.id, after);
      changes ||= after !== before;
    }
    for (const [id, entity] of overlay) this.#changed.set(id, entity);
    return changes;
  }

  /** Takes an entity that was changed elsewhere, as it is. @throws DtmError what is wrong with it */
  adopt(entity: Entity): void {
    const kind = kindOf(entity);
    const previous = this.find(entity.id);
    const problem = entityProblem(kind, null, entity);
    const wrong =
      problem ??
      runCheck(relationProblem({ entity: kind, kind: previous ? 'update' : 'create' }, entity, previous), (id) =>
        this.find(id),
      );
    if (wrong) throw wrong;
    this.#changed.set(entity.id, entity);
  }
}

function checkOne(operation: Operation, current: Entity | null, find: (id: string) => Entity | null): Entity | null {
  const stamp = { now: operation.at, at: operation.at, actor: operation.account };
  const result = applyOperation(current, operation, stamp);
  if (result.outcome === 'conflict') throw changedMeanwhile(operation, result.fields);
  if (result.entity === null || !result.changed) return result.entity;
  const problem = outcomeProblem(operation, current, result.entity);
  const relation = problem ?? runCheck(relationProblem(operation, result.entity, current), find);
  if (relation) throw relation;
  return result.entity;
}

function findVisible(visible: Seen, id: string): Entity | null {
  const kind = kindOfId(id);
  return (kind && visible.get(kind, id)) ?? null;
}

/** What an error about values that are not those which the operation knows says in its details. */
export interface ChangedMeanwhile {
  readonly entity: EntityKind;
  readonly id: string;
  readonly fields: readonly string[];
}

export function isChangedMeanwhile(
  details: Readonly<Record<string, unknown>>,
): details is typeof details & ChangedMeanwhile {
  return 'entity' in details && 'id' in details && Array.isArray(details.fields);
}

function changedMeanwhile({ entity, id }: Operation, fields: readonly string[]): DtmError {
  const details: ChangedMeanwhile = { entity, id, fields };
  return new DtmError('conflict', `${id} was changed meanwhile`, {
    hint: 'Look at it again and repeat the change.',
    details: { ...details },
  });
}
