import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Entity } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { Query, SortKey } from '../../core/query.ts';
import { wireName } from '../../core/wire.ts';
import { filterConditions } from './filterSql.ts';
import { fromRow } from './rows.ts';
import { type Database, type SqlValue, tableOf } from './schema.ts';

export interface ListQuery extends Query {
  /** The sort values and then the id of the entity after which the page begins; null: from the start. */
  readonly after: readonly SqlValue[] | null;
  readonly withTotal: boolean;
  /** RFC 3339 in UTC. */
  readonly now: string;
}

export interface Listing {
  readonly items: readonly Entity[];
  /** How many match, whatever the page; null if it was not asked for. */
  readonly total: number | null;
  readonly hasMore: boolean;
}

type Builder = ExpressionBuilder<Database, 'tasks'>;

/** Filters, sorts (by code point, nulls last, then by id) and pages in SQL. */
export async function listEntities(db: Kysely<Database>, kind: EntityKind, query: ListQuery): Promise<Listing> {
  const matching = db
    .selectFrom(tableOf(kind))
    .where((eb) => eb.and(filterConditions(eb, kind, query.filter, query.now)));
  const { after } = query;
  let page = matching.selectAll();
  if (after) page = page.where((eb) => comesAfter(eb, query.sort, after));
  for (const key of query.sort) page = page.orderBy(wireName(key.field), (order) => direction(order, key));
  const rows = await page
    .orderBy('id')
    .limit(query.limit + 1)
    .offset(query.offset)
    .execute();
  const items = rows.slice(0, query.limit).map((row) => fromRow(kind, row));
  const total = query.withTotal ? await count(matching.select(sql<number>`count(*)`.as('count'))) : null;
  return { items, total, hasMore: rows.length > query.limit };
}

async function count(query: { executeTakeFirstOrThrow(): Promise<{ count: number }> }): Promise<number> {
  return Number((await query.executeTakeFirstOrThrow()).count);
}

interface Order<T> {
  asc(): T;
  desc(): T;
  nullsLast(): T;
}

function direction<T extends Order<T>>(order: T, key: SortKey): T {
  return (key.descending ? order.desc() : order.asc()).nullsLast();
}

/**
 * Keyset pagination: equal in the first keys and beyond in the next one. Stable while others write, and as fast on the
 * last page as on the first.
 */
function comesAfter(eb: Builder, sort: readonly SortKey[], after: readonly SqlValue[]): Expression<SqlBool> {
  const keys = [...sort.map((key) => ({ ...key, field: wireName(key.field) })), { field: 'id', descending: false }];
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((earlier, place) => isEqual(eb, earlier.field, after[place] ?? null));
    return eb.and([...equal, isBeyond(eb, key, after[index] ?? null)]);
  });
  return eb.or(alternatives);
}

function isEqual(eb: Builder, column: string, value: SqlValue): Expression<SqlBool> {
  return value === null ? eb(column, 'is', null) : eb(column, '=', value);
}

function isBeyond(eb: Builder, key: SortKey, value: SqlValue): Expression<SqlBool> {
  if (value === null) return sql<SqlBool>`1 = 0`;
  return eb.or([eb(key.field, key.descending ? '<' : '>', value), eb(key.field, 'is', null)]);
}
