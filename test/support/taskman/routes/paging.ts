import type { Value } from '../python/value.ts';
import type { Check } from '../schemas/checks.ts';
import { type Field, type Model, optional } from '../schemas/model.ts';
import { integer } from '../schemas/numberChecks.ts';
import type { Row } from '../store/table.ts';
import type { Page } from './entityService.ts';

const plain: Check = (input) => input;

/** A query parameter that is any text, or absent. */
const anyText: Field = optional(plain);

/** The query of a list: filters by name, and pages of 20, at most 100. */
export function listQuery(filters: readonly string[]): Model {
  return {
    name: 'Query',
    fields: {
      ...Object.fromEntries(filters.map((name) => [name, anyText])),
      page: optional(integer({ ge: 1 }), () => 1),
      per_page: optional(integer({ ge: 1, le: 100 }), () => 20),
    },
  };
}

export type Paging = { readonly page: number; readonly perPage: number; readonly offset: number };

export function pagingOf(query: Readonly<Record<string, Value>>): Paging {
  const [page, perPage] = [Number(query.page), Number(query.per_page)];
  return { page, perPage, offset: (page - 1) * perPage };
}

export function pageBody(key: string, { rows, total }: Page, { page, perPage, offset }: Paging): Value {
  return { [key]: rows, total, page, per_page: perPage, has_more: offset + perPage < total };
}

/** Rows that equal each filter that was given a value; an empty value is none. */
export function equalTo(wanted: Readonly<Record<string, Value | undefined>>): (row: Row) => boolean {
  const filters = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return (row) => filters.every(([column, value]) => row[column] === value);
}

/** A filter word, or nothing when it is none of the enumeration. */
export function wordOrNothing(words: readonly string[], value: Value | undefined): Value {
  return typeof value === 'string' && words.includes(value) ? value : null;
}
