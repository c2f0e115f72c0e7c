import { applyOperation } from '../../../core/apply.ts';
import { type Entity, fieldValue } from '../../../core/entity.ts';
import { jsonEqual } from '../../../core/json.ts';
import { elementKey } from '../../../core/listChange.ts';
import type { FieldChange, ListChange, Operation, UpdateOperation } from '../../../core/operation.ts';
import type { FieldForm } from './fieldForms.ts';
import type { Row } from './row.ts';

/** An update as far as it is still to be done, and the entity that it is compared with. */
export interface Remaining {
  readonly operation: UpdateOperation;
  readonly current: Entity;
}

/**
 * TaskMan-v2 knows no operation ids. After a crash the first of several changes of one field is sent again although the
 * later ones have taken effect: its value is then neither what it was nor what it became, but what a later one made of
 * it. Such a field is done.
 * @param current the row in our terms
 * @param later the operations after it, in order
 */
export function remaining(
  operation: UpdateOperation,
  current: Entity,
  row: Row,
  forms: readonly FieldForm[],
  later: readonly Operation[],
): Remaining {
  const updates = later.filter((one) => one.kind === 'update');
  const set: Record<string, FieldChange> = {};
  const known: Record<string, unknown> = {};
  for (const [field, change] of Object.entries(operation.set)) {
    const form = forms.find((one) => one.field === field);
    const says = (value: unknown) => form?.holds({ ...current, [field]: value } as Entity, row) ?? false;
    const values = [change.from, ...valuesAfter(field, change, updates)];
    const index = values.findIndex(says);
    if (index >= 0) known[field] = values[index];
    if (index < 2) set[field] = change;
  }
  const sets = Object.fromEntries(
    Object.entries(operation.sets).map(([field, change]) => [
      field,
      remainingElements(field, change, current, updates),
    ]),
  );
  return { operation: { ...operation, set, sets }, current: { ...current, ...known } as Entity };
}

/** What the field becomes by this change and by those that build on it. */
function valuesAfter(field: string, change: FieldChange, later: readonly UpdateOperation[]): unknown[] {
  const values = [change.to];
  for (const operation of later) {
    const next = operation.set[field];
    if (next && jsonEqual(next.from, values.at(-1))) values.push(next.to);
  }
  return values;
}

function remainingElements(
  field: string,
  change: ListChange,
  current: Entity,
  later: readonly UpdateOperation[],
): ListChange {
  const now = new Map((fieldValue(current, field) as readonly unknown[]).map((one) => [elementKey(one), one]));
  const isLeft = (element: unknown) => {
    const key = elementKey(element);
    const values = later.flatMap((operation) => {
      const next = operation.sets[field];
      const isTouched = next && [...next.add, ...next.remove].some((one) => elementKey(one) === key);
      return isTouched ? [next.add.find((one) => elementKey(one) === key)] : [];
    });
    const own = [change.remove, change.add].map((list) => list.find((one) => elementKey(one) === key));
    const isOwn = own.some((value) => same(value, now.get(key)));
    return isOwn || !values.some((value) => same(value, now.get(key)));
  };
  return { add: change.add.filter(isLeft), remove: change.remove.filter(isLeft) };
}

/** Also where both are absent. */
function same(a: unknown, b: unknown): boolean {
  return a === b || jsonEqual(a, b);
}

/** What an entity that is created becomes by the operations after it: what may be found in its place. */
export function imagesAfter(created: Entity, later: readonly Operation[]): Entity[] {
  const images = [created];
  for (const operation of later) {
    const stamp = { now: operation.at, at: operation.at, actor: operation.account };
    const result = applyOperation(images.at(-1) ?? created, operation, stamp);
    if (result.outcome === 'applied' && result.entity) images.push(result.entity);
  }
  return images;
}
