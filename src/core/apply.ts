import { type Entity, editableFields, fieldValue, kindOf } from './entity.ts';
import { jsonEqual } from './json.ts';
import { isDelivered, isFinished } from './lifecycle.ts';
import { applyListChange, sortedSets } from './listChange.ts';
import type { CreateOperation, DeleteOperation, Operation, RestoreOperation, UpdateOperation } from './operation.ts';

/** Who applies, when, and the version that a changed entity gets. */
export interface Stamp {
  /** When it is applied: becomes `updated_at`. */
  readonly now: string;
  /** When the person did it (on the server: clamped): becomes `created_at`, `started_at`, `completed_at`. */
  readonly at: string;
  readonly actor: string;
  /** Default: one more than the current version. */
  readonly version?: number;
}

/**
 * What became of an operation. `entity` is null after a deletion; `changed` is false where the state already was
 * what the operation wanted.
 */
export type ApplyResult =
  | { readonly outcome: 'applied'; readonly entity: Entity | null; readonly changed: boolean }
  | { readonly outcome: 'conflict'; readonly fields: readonly string[]; readonly current: Entity | null };

/**
 * Compare and set: applies a field iff its current value is `from` or already `to`; a single field that is neither
 * makes the whole operation a conflict, which changes nothing. Pure, so server, tracker and tests share it.
 * @param current the entity now, null if it does not exist (or is deleted)
 */
export function applyOperation(current: Entity | null, operation: Operation, stamp: Stamp): ApplyResult {
  switch (operation.kind) {
    case 'create':
      return applyCreate(current, operation, stamp);
    case 'update':
      return applyUpdate(current, operation, stamp);
    case 'delete':
      return applyDelete(current, operation);
    case 'restore':
      return applyRestore(current, operation, stamp);
  }
}

function applyCreate(current: Entity | null, operation: CreateOperation, stamp: Stamp): ApplyResult {
  if (current) return repeatOrConflict(current, operation.data);
  const entity = {
    ...operation.data,
    ...completedAtOf(operation.data, stamp),
    version: stamp.version ?? 1,
    createdAt: stamp.at,
    updatedAt: stamp.now,
    createdBy: stamp.actor,
    updatedBy: stamp.actor,
  };
  return applied(sortedSets(operation.entity, entity));
}

/** What comes into being delivered was completed then, unless it says when. */
function completedAtOf(entity: Entity, stamp: Stamp): object {
  const isOpen = entity.completedAt !== null || !isDelivered(kindOf(entity), entity.status);
  return isOpen ? {} : { completedAt: stamp.at };
}

function applyRestore(current: Entity | null, operation: RestoreOperation, stamp: Stamp): ApplyResult {
  if (current) return repeatOrConflict(current, operation.before);
  const version = stamp.version ?? operation.before.version + 2;
  return applied({ ...operation.before, version, updatedAt: stamp.now, updatedBy: stamp.actor });
}

function applyDelete(current: Entity | null, operation: DeleteOperation): ApplyResult {
  if (!current) return { outcome: 'applied', entity: null, changed: false };
  const fields = differingFields(current, operation.before);
  if (fields.length > 0) return { outcome: 'conflict', fields, current };
  return { outcome: 'applied', entity: null, changed: true };
}

function repeatOrConflict(current: Entity, wanted: Entity): ApplyResult {
  const fields = differingFields(current, wanted);
  if (fields.length > 0) return { outcome: 'conflict', fields, current };
  return { outcome: 'applied', entity: current, changed: false };
}

/** The editable fields in which two images of one entity differ. */
export function differingFields(a: Entity, b: Entity): string[] {
  const kind = kindOf(a);
  const x = sortedSets(kind, a);
  const y = sortedSets(kind, b);
  return editableFields(kind).filter((field) => !jsonEqual(fieldValue(x, field), fieldValue(y, field)));
}

function applyUpdate(current: Entity | null, operation: UpdateOperation, stamp: Stamp): ApplyResult {
  const touched = [...Object.keys(operation.set), ...Object.keys(operation.sets)];
  if (!current) return { outcome: 'conflict', fields: touched, current: null };
  const values: Record<string, unknown> = {};
  const conflicts = touched.filter((field) => !applyField(current, operation, field, values));
  if (conflicts.length > 0) return { outcome: 'conflict', fields: conflicts, current };
  if (Object.keys(values).length === 0) return { outcome: 'applied', entity: current, changed: false };
  const next = { ...current, ...values, ...derivedTimes(current, operation, values, stamp.at) } as Entity;
  return applied({
    ...next,
    version: stamp.version ?? current.version + 1,
    updatedAt: stamp.now,
    updatedBy: stamp.actor,
  });
}

/** Puts the field's new value into `values` if it changes; false if the field is in conflict. */
function applyField(
  current: Entity,
  operation: UpdateOperation,
  field: string,
  values: Record<string, unknown>,
): boolean {
  const now = fieldValue(current, field);
  const list = operation.sets[field];
  const scalar = operation.set[field];
  if (list) {
    const next = applyListChange(field, now as readonly unknown[], list);
    if (next && !jsonEqual(next, now)) values[field] = next;
    return next !== undefined;
  }
  if (!scalar || jsonEqual(now, scalar.to)) return true;
  if (!jsonEqual(now, scalar.from)) return false;
  values[field] = scalar.to;
  return true;
}

/** `started_at` and `completed_at` follow the status; nobody writes them. */
function derivedTimes(
  current: Entity,
  operation: UpdateOperation,
  values: Record<string, unknown>,
  at: string,
): object {
  const status = values.status;
  if (typeof status !== 'string') return {};
  const kind = operation.entity;
  const times: Record<string, unknown> = {};
  if (kind === 'task' && status === 'in_progress' && 'startedAt' in current && !current.startedAt) times.startedAt = at;
  if (isDelivered(kind, status)) times.completedAt = at;
  else if (!isFinished(kind, status)) times.completedAt = null;
  return times;
}

function applied(entity: Entity): ApplyResult {
  return { outcome: 'applied', entity, changed: true };
}
