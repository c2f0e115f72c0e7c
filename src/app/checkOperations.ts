import { applyOperation } from '../core/apply.ts';
import type { Entity } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import { kindOfId } from '../core/ids.ts';
import type { Operation } from '../core/operation.ts';
import type { VisibleState } from '../core/ports.ts';
import { relationProblem, runCheck } from '../core/relations.ts';
import { entityProblem } from '../core/rules.ts';

/** What the operations are applied to. */
export type Seen = Pick<VisibleState, 'get'>;

/**
 * The operational gate: applies the operations to what the person sees, in order and without keeping the result, and
 * checks every entity that would come out (schema, lifecycle, dates, relations).
 * @throws DtmError the first thing that is wrong; nothing was written
 */
export function checkOperations(visible: Seen, operations: readonly Operation[]): void {
  const overlay = new Map<string, Entity | null>();
  const find = (id: string) => overlay.get(id) ?? (overlay.has(id) ? null : findVisible(visible, id));
  for (const operation of operations) overlay.set(operation.id, checkOne(operation, find));
}

function checkOne(operation: Operation, find: (id: string) => Entity | null): Entity | null {
  const current = find(operation.id);
  const stamp = { now: operation.at, at: operation.at, actor: operation.account };
  const result = applyOperation(current, operation, stamp);
  if (result.outcome === 'conflict') throw changedMeanwhile(operation);
  if (result.entity === null || !result.changed) return result.entity;
  const problem = entityProblem(operation.entity, current, result.entity);
  const relation = problem ?? runCheck(relationProblem(operation.entity, result.entity, current), find);
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
