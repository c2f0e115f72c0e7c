import * as z from 'zod';
import { type Entity, fieldSchema, fieldsOf } from './entity.ts';
import { DtmError } from './errors.ts';
import { day, instant } from './fields.ts';
import type { EntityKind } from './ids.ts';
import { fieldOfWireName, wireName } from './wire.ts';

/**
 * Which entities, in names of the wire. Several values of one filter mean "or", several filters mean "and".
 */
export type Filter = Readonly<Record<string, readonly string[]>>;

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

export interface Query {
  readonly filter: Filter;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly offset: number;
}

/** A page of what a query found; `total` counts all that match. */
export interface Page<E extends Entity = Entity> {
  readonly items: readonly E[];
  readonly total: number;
}

/** Filters whose values are compared with one field: the filter's name, and the field it reads. */
export const equalityFilters: Readonly<Record<string, string>> = {
  status: 'status',
  priority: 'priority',
  severity: 'severity',
  work_type: 'workType',
  owner: 'owner',
  project_id: 'projectId',
  sprint_id: 'sprintId',
  parent_id: 'parentId',
  cadence: 'cadence',
};
/** Filters that ask whether a set field holds a word. */
export const membershipFilters: Readonly<Record<string, string>> = { assignee: 'assignees', label: 'labels' };
/** Filters on times: on or after (`after`), or before, the given day or moment. */
export const rangeFilters: Readonly<Record<string, { field: string; after: boolean }>> = {
  due_before: { field: 'dueAt', after: false },
  due_after: { field: 'dueAt', after: true },
  updated_since: { field: 'updatedAt', after: true },
  completed_since: { field: 'completedAt', after: true },
};

const booleanFilters: ReadonlySet<string> = new Set(['has_sprint', 'overdue']);

/** The filters that lists of a kind understand. */
export function filtersOf(kind: EntityKind): readonly string[] {
  const has = (field: string) => fieldSchema(kind, field) !== undefined;
  const byField = [...Object.entries(equalityFilters), ...Object.entries(membershipFilters)].filter(([, field]) =>
    has(field),
  );
  const byRange = Object.entries(rangeFilters).filter(([, range]) => has(range.field));
  const extra = ['q', 'overdue', ...(kind === 'task' ? ['has_sprint'] : [])];
  return [...byField.map(([name]) => name), ...byRange.map(([name]) => name), ...extra];
}

/**
 * Checks filters given as text, as in a URL or on a command line: `{status: 'ready,active'}`.
 * @throws DtmError `validation` naming the unknown filter or value
 */
export function parseFilter(kind: EntityKind, given: Readonly<Record<string, string>>): Filter {
  const filter: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!filtersOf(kind).includes(name)) throw unknownName('filter', name, filtersOf(kind));
    filter[name] = name === 'q' ? [value] : value.split(',').filter((part) => part !== '');
    for (const part of filter[name]) checkFilterValue(kind, name, part);
  }
  return filter;
}

function checkFilterValue(kind: EntityKind, name: string, value: string): void {
  const allowed = booleanFilters.has(name) ? ['true', 'false'] : enumValues(kind, equalityFilters[name]);
  if (allowed && !allowed.includes(value)) throw unknownName(`value of ${name}`, value, allowed);
  if (Object.hasOwn(rangeFilters, name) && !z.union([day, instant]).safeParse(value).success) {
    throw new DtmError('validation', `${name} is not a date: ${value}`, {
      fields: [{ path: name, code: 'date', message: 'must be YYYY-MM-DD or an RFC 3339 time' }],
      hint: 'Write it as 2026-01-31 or 2026-01-31T12:00:00Z.',
    });
  }
}

/** The words that a field allows, or undefined if it is not an enumeration. */
export function enumValues(kind: EntityKind, field: string | undefined): readonly string[] | undefined {
  const schema = field === undefined ? undefined : innerSchema(kind, field);
  return schema instanceof z.ZodEnum ? (schema.options as string[]) : undefined;
}

/**
 * Checks sort keys given as text: `-priority,due_at`.
 * @throws DtmError `validation` naming the unknown field
 */
export function parseSort(kind: EntityKind, given: string): SortKey[] {
  const keys = given.split(',').filter((part) => part !== '');
  return keys.map((key) => {
    const descending = key.startsWith('-');
    const name = descending ? key.slice(1) : key;
    const field = fieldOfWireName(kind, name);
    if (field === undefined || !isSortable(kind, field)) throw unknownName('sort field', name, sortableNames(kind));
    return { field, descending };
  });
}

/** A field's schema without its `null`. */
function innerSchema(kind: EntityKind, field: string): unknown {
  const schema = fieldSchema(kind, field);
  return schema instanceof z.ZodNullable ? schema.unwrap() : schema;
}

function isSortable(kind: EntityKind, field: string): boolean {
  const schema = innerSchema(kind, field);
  return !(schema instanceof z.ZodArray) && !(schema instanceof z.ZodRecord);
}

function sortableNames(kind: EntityKind): string[] {
  return fieldsOf(kind)
    .filter((field) => isSortable(kind, field))
    .map(wireName);
}

function unknownName(what: string, name: string, allowed: readonly string[]): DtmError {
  return new DtmError('validation', `unknown ${what}: ${name}`, {
    fields: [{ path: name, code: 'unknown', message: `there is no such ${what}` }],
    hint: `Choose one of: ${allowed.join(', ')}.`,
  });
}
