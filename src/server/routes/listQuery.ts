import * as z from 'zod';
import { inTodaysWords } from '../../api/olderWords.ts';
import { pagingQuery } from '../../api/schemas.ts';
import { type Entity, fieldValue } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { parseFilter, parseSort, type SortKey } from '../../core/query.ts';
import { parseWith } from '../../core/wire.ts';
import type { ListQuery } from '../store/listing.ts';

/**
 * Reads the query of a list.
 * @throws DtmError `validation` naming the unknown filter, sort field or value
 */
export function readListQuery(kind: EntityKind, given: unknown, now: string): ListQuery {
  const parameters = inTodaysWords(kind, singleValues(given));
  const page = parseWith(pagingQuery, parameters, 'the query is not valid');
  const filters = Object.entries(parameters).filter(([name]) => !Object.hasOwn(pagingQuery.shape, name));
  const filter = parseFilter(kind, Object.fromEntries(filters));
  const sort = parseSort(kind, page.sort);
  const { limit, offset, cursor, include_total: withTotal } = page;
  if (cursor !== undefined && offset > 0) throw invalidCursor('cursor and offset exclude each other');
  const after = cursor === undefined ? null : readCursor(cursor, sort);
  return { filter, sort, limit, offset, after, withTotal, now };
}

function singleValues(given: unknown): Record<string, string> {
  const entries = Object.entries(given as Record<string, unknown>);
  const repeated = entries.find(([, value]) => typeof value !== 'string');
  if (!repeated) return Object.fromEntries(entries) as Record<string, string>;
  throw new DtmError('validation', `${repeated[0]} is given more than once`, {
    fields: [{ path: repeated[0], code: 'repeated', message: 'must be given once' }],
    hint: `Write several values with commas: ${repeated[0]}=a,b.`,
  });
}

const cursorSchema = z.tuple([z.string(), z.array(z.union([z.string(), z.number(), z.null()])).max(40)]);

/** Where the next page begins: after this entity in this order. */
export function cursorAfter(entity: Entity, sort: readonly SortKey[]): string {
  const values = [...sort.map((key) => fieldValue(entity, key.field)), entity.id];
  return Buffer.from(JSON.stringify([sortText(sort), values])).toString('base64url');
}

function readCursor(cursor: string, sort: readonly SortKey[]) {
  const parsed = cursorSchema.safeParse(decode(cursor));
  if (!parsed.success) throw invalidCursor('cursor is not one of this list');
  const [madeFor, values] = parsed.data;
  if (madeFor === sortText(sort) && values.length === sort.length + 1) return values;
  throw invalidCursor('cursor belongs to a list with another sort');
}

function sortText(sort: readonly SortKey[]): string {
  return sort.map((key) => `${key.descending ? '-' : ''}${key.field}`).join(',');
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function invalidCursor(message: string): DtmError {
  return new DtmError('validation', message, {
    fields: [{ path: 'cursor', code: 'invalid', message }],
    hint: 'Give back what the last answer called next_cursor with the same filters and sort, or leave it out.',
  });
}
