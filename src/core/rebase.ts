import { applyOperation } from './apply.ts';
import { type Entity, fieldValue } from './entity.ts';
import type { Operation } from './operation.ts';
import { outcomeProblem } from './rules.ts';

/** The pending operations of one entity over its base, and those that no longer fit. */
export interface Rebased {
  /** What the person sees: base + pending. Null: does not exist or is deleted. */
  readonly entity: Entity | null;
  /** Operations whose `from` is gone: they change nothing until the person decides. */
  readonly conflicts: readonly Operation[];
}

/**
 * Applies an entity's pending operations to its base, in journal order: **base + pending = what the person sees**.
 * Operations that follow a conflicting create wait with it, since there is nothing to apply them to.
 */
export function rebaseEntity(base: Entity | null, pending: readonly Operation[]): Rebased {
  let entity = base;
  const conflicts: Operation[] = [];
  for (const operation of pending) {
    const result = applyOperation(entity, operation, stampOf(operation));
    if (result.outcome === 'applied' && isSound(operation, entity, result.entity)) entity = result.entity;
    else conflicts.push(operation);
  }
  return { entity, conflicts };
}

function stampOf(operation: Operation) {
  return { now: operation.at, at: operation.at, actor: operation.account };
}

function isSound(operation: Operation, previous: Entity | null, next: Entity | null): boolean {
  return next === null || next === previous || !outcomeProblem(operation, previous, next);
}

/**
 * The ids that an operation needs to exist: if the creation of one of them is still pending, or failed, this operation
 * must wait for it.
 */
export function prerequisites(operation: Operation): string[] {
  const own = operation.kind === 'create' ? [] : [operation.id];
  return [...own, ...referencesOf(operation)];
}

const scalarReferences = ['projectId', 'sprintId', 'parentId'];

function referencesOf(operation: Operation): string[] {
  if (operation.kind === 'create' || operation.kind === 'restore') {
    return imageReferences(operation.kind === 'create' ? operation.data : operation.before);
  }
  if (operation.kind === 'delete') return [];
  const scalars = scalarReferences.map((field) => operation.set[field]?.to);
  const added = operation.sets.dependsOn?.add ?? [];
  return [...scalars, ...added].filter((id): id is string => typeof id === 'string');
}

function imageReferences(entity: Entity): string[] {
  const scalars = scalarReferences.map((field) => fieldValue(entity, field));
  const dependsOn = 'dependsOn' in entity ? entity.dependsOn : [];
  return [...scalars, ...dependsOn].filter((id): id is string => typeof id === 'string');
}
