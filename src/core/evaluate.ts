import { type Entity, fieldValue, labelOf } from './entity.ts';
import type { EntityKind } from './ids.ts';
import { isFinished } from './lifecycle.ts';
import {
  equalityFilters,
  type Filter,
  membershipFilters,
  type Page,
  type Query,
  rangeFilters,
  type SortKey,
} from './query.ts';
import { compareCodePoints, wordsOf } from './text.ts';

type Matcher = (entity: Entity) => boolean;

/** The day (`YYYY-MM-DD`) or moment by which an entity should be finished; null where it has none. */
export function dueOf(entity: Entity): string | null {
  if ('dueAt' in entity) return entity.dueAt;
  return 'endDate' in entity ? entity.endDate : entity.targetEndDate;
}

/**
 * Whether an unfinished entity's due day or moment has passed.
 * @param now RFC 3339 in UTC
 */
export function isOverdue(kind: EntityKind, entity: Entity, now: string): boolean {
  const due = dueOf(entity);
  if (due === null || isFinished(kind, entity.status)) return false;
  return due.length === 10 ? due < now.slice(0, 10) : Date.parse(due) < Date.parse(now);
}

/** The words by which search finds an entity: of its title or name, its description, its id. */
export function searchWords(entity: Entity): string[] {
  const text = [labelOf(entity), entity.id, 'description' in entity ? entity.description : ''].join(' ');
  return wordsOf(text);
}

/**
 * Evaluates a query in memory, as the server does in SQL: filter, order by code point with nulls last (then by id), page.
 * @param now RFC 3339 in UTC, what `overdue` is measured against
 */
export function evaluate<E extends Entity>(
  kind: EntityKind,
  entities: Iterable<E>,
  query: Query,
  now: string,
): Page<E> {
  const matches = matcherOf(kind, query.filter, now);
  const found: E[] = [];
  for (const entity of entities) if (matches(entity)) found.push(entity);
  found.sort(comparatorOf(query.sort));
  return { items: found.slice(query.offset, query.offset + query.limit), total: found.length };
}

/** One predicate for all the filters. */
function matcherOf(kind: EntityKind, filter: Filter, now: string): Matcher {
  const matchers = Object.entries(filter).map(([name, values]) => matcher(kind, name, values, now));
  return (entity) => matchers.every((matches) => matches(entity));
}

function matcher(kind: EntityKind, name: string, values: readonly string[], now: string): Matcher {
  const equal = equalityFilters[name];
  if (equal) return (entity) => values.includes(String(fieldValue(entity, equal)));
  const member = membershipFilters[name];
  if (member)
    return (entity) => (fieldValue(entity, member) as readonly string[]).some((word) => values.includes(word));
  const range = rangeFilters[name];
  if (range) return (entity) => values.every((value) => isInRange(fieldValue(entity, range.field), value, range.after));
  if (name === 'has_sprint') return (entity) => values.includes(String(fieldValue(entity, 'sprintId') !== null));
  if (name === 'overdue') return (entity) => values.includes(String(isOverdue(kind, entity, now)));
  return matchesWords(values.flatMap(wordsOf));
}

function isInRange(value: unknown, bound: string, after: boolean): boolean {
  if (typeof value !== 'string') return false;
  return after ? Date.parse(value) >= Date.parse(bound) : Date.parse(value) < Date.parse(bound);
}

function matchesWords(words: readonly string[]): Matcher {
  return (entity) => {
    const stored = searchWords(entity);
    return words.every((word) => stored.some((candidate) => candidate.startsWith(word)));
  };
}

function comparatorOf(sort: readonly SortKey[]): (a: Entity, b: Entity) => number {
  return (a, b) => {
    for (const key of sort) {
      const order = compareValues(fieldValue(a, key.field), fieldValue(b, key.field), key.descending);
      if (order !== 0) return order;
    }
    return compareCodePoints(a.id, b.id);
  };
}

/** Nulls come last whichever the direction. */
function compareValues(a: unknown, b: unknown, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : Number(a) - Number(b);
  return descending ? -order : order;
}
