import { type Entity, setFields } from './entity.ts';
import type { EntityKind } from './ids.ts';
import { jsonEqual } from './json.ts';
import type { ListChange } from './operation.ts';
import { canonicalWords, compareCodePoints } from './text.ts';

/** What tells two elements of a set field apart: a criterion's id, a link's address, a word itself. */
export function elementKey(element: unknown): string {
  if (typeof element === 'string') return element;
  const object = element as { readonly id?: string; readonly url?: string };
  return object.id ?? object.url ?? JSON.stringify(element);
}

/**
 * Adds and removes elements. An element that someone else changed meanwhile (neither what the operation removes nor
 * what it adds) is a conflict.
 * @returns the new list in canonical order, or undefined on a conflict
 */
export function applyListChange(field: string, current: readonly unknown[], change: ListChange): unknown[] | undefined {
  const elements = new Map(current.map((element) => [elementKey(element), element]));
  const added = new Set(change.add.map(elementKey));
  for (const gone of change.remove) {
    if (!added.has(elementKey(gone)) && !removeElement(elements, gone)) return undefined;
  }
  for (const element of change.add) {
    if (!addElement(elements, element, change.remove)) return undefined;
  }
  return canonical(field, [...elements.values()]);
}

/** The list with the elements put and taken as the change says, whatever others made of the same elements. */
export function forceListChange(field: string, current: readonly unknown[], change: ListChange): readonly unknown[] {
  const elements = new Map(current.map((element) => [elementKey(element), element]));
  const added = new Set(change.add.map(elementKey));
  for (const gone of change.remove) if (!added.has(elementKey(gone))) elements.delete(elementKey(gone));
  for (const element of change.add) elements.set(elementKey(element), element);
  return canonical(field, [...elements.values()]);
}

/** The list as whoever made the changes saw it: what they touch, put back to the form that they knew. */
export function listBefore(
  field: string,
  current: readonly unknown[],
  changes: readonly ListChange[],
): readonly unknown[] {
  const undo = ({ add, remove }: ListChange): ListChange => ({ add: remove, remove: add });
  return [...changes].reverse().reduce((list, change) => forceListChange(field, list, undo(change)), current);
}

function removeElement(elements: Map<string, unknown>, gone: unknown): boolean {
  const key = elementKey(gone);
  if (elements.has(key) && !jsonEqual(elements.get(key), gone)) return false;
  elements.delete(key);
  return true;
}

function addElement(elements: Map<string, unknown>, element: unknown, removed: readonly unknown[]): boolean {
  const key = elementKey(element);
  const now = elements.get(key);
  const replaced = removed.find((gone) => elementKey(gone) === key);
  const ours = now === undefined ? replaced === undefined : jsonEqual(now, replaced) || jsonEqual(now, element);
  if (ours) elements.set(key, element);
  return ours;
}

/** Words are kept sorted, so that independent additions commute; criteria keep the order people gave them. */
function canonical(field: string, elements: readonly unknown[]): unknown[] {
  if (field === 'acceptanceCriteria') return [...elements];
  if (elements.every((element) => typeof element === 'string')) return canonicalWords(elements as string[]);
  return [...elements].sort((a, b) => compareCodePoints(elementKey(a), elementKey(b)));
}

/** A set field's value in canonical order; of elements with the same key the last one stays. */
export function canonicalSet(field: string, elements: readonly unknown[]): unknown[] {
  return canonical(field, [...new Map(elements.map((element) => [elementKey(element), element])).values()]);
}

/** The change that turns one list into another. */
export function listChange(from: readonly unknown[], to: readonly unknown[]): ListChange {
  const missingIn = (list: readonly unknown[]) => (element: unknown) =>
    !list.some((other) => jsonEqual(other, element));
  return { add: to.filter(missingIn(from)), remove: from.filter(missingIn(to)) };
}

/** The entity with every set field in canonical order and without repeats. */
export function sortedSets<E extends Entity>(kind: EntityKind, entity: E): E {
  const sorted: Record<string, unknown> = {};
  for (const field of setFields[kind]) {
    const value = (entity as unknown as Record<string, readonly unknown[]>)[field] ?? [];
    sorted[field] = canonicalSet(field, value);
  }
  return { ...entity, ...sorted };
}
