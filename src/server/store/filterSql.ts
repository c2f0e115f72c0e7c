import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { EntityKind } from '../../core/ids.ts';
import { isFinished, statusesOf } from '../../core/lifecycle.ts';
import { equalityFilters, type Filter, membershipFilters, rangeFilters } from '../../core/query.ts';
import { wordsOf } from '../../core/text.ts';
import { wireName } from '../../core/wire.ts';
import { indexedWord } from './indexedWord.ts';
import type { Database } from './schema.ts';

type Builder = ExpressionBuilder<Database, 'tasks'>;
type Condition = Expression<SqlBool>;

/**
 * A filter as SQL; means exactly what `core/evaluate.ts` means (a test holds the two equal on random data).
 * @param now RFC 3339 in UTC, what `overdue` is measured against
 */
export function filterConditions(eb: Builder, kind: EntityKind, filter: Filter, now: string): Condition[] {
  return Object.entries(filter).flatMap(([name, values]) => conditions(eb, kind, name, values, now));
}

function conditions(
  eb: Builder,
  kind: EntityKind,
  name: string,
  values: readonly string[],
  now: string,
): readonly Condition[] {
  const equal = equalityFilters[name];
  if (equal) return [equals(eb, wireName(equal), values)];
  const member = membershipFilters[name];
  if (member) return [isMember(eb, member, values)];
  const range = rangeFilters[name];
  if (range) return values.map((value) => inRange(eb, wireName(range.field), value, range.after));
  if (name === 'has_sprint') return [isOneOf(eb, values, eb('sprint_id', 'is not', null))];
  if (name === 'overdue') return [isOneOf(eb, values, isOverdue(eb, kind, now))];
  return values.flatMap(wordsOf).map((word) => hasWord(eb, indexedWord(word)));
}

/** In a filter the word `null` stands for a field without a value. */
function equals(eb: Builder, column: string, values: readonly string[]): Condition {
  const among = values.length > 0 ? eb(column, 'in', values) : never;
  return values.includes('null') ? eb.or([among, eb(column, 'is', null)]) : among;
}

const never = sql<SqlBool>`1 = 0`;

function isMember(eb: Builder, field: string, words: readonly string[]): Condition {
  if (words.length === 0) return never;
  const holders = eb
    .selectFrom('memberships')
    .select('entity_id')
    .where('field', '=', field)
    .where('word', 'in', words);
  return eb('id', 'in', holders);
}

function inRange(eb: Builder, column: string, bound: string, after: boolean): Condition {
  return eb(column, after ? '>=' : '<', new Date(bound).toISOString());
}

/** `true` and `false` as filter values select what meets the condition and what does not. */
function isOneOf(eb: Builder, values: readonly string[], condition: Condition): Condition {
  const wanted = [
    ...(values.includes('true') ? [condition] : []),
    ...(values.includes('false') ? [eb.not(condition)] : []),
  ];
  return wanted.length > 0 ? eb.or(wanted) : never;
}

const dueColumns = { project: 'target_end_date', sprint: 'end_date', task: 'due_at' } as const;

function isOverdue(eb: Builder, kind: EntityKind, now: string): Condition {
  const column = dueColumns[kind];
  const finished = statusesOf(kind).filter((status) => isFinished(kind, status));
  const bound = kind === 'task' ? now : now.slice(0, 10);
  return eb.and([eb(column, 'is not', null), eb(column, '<', bound), eb('status', 'not in', finished)]);
}

/** A stored word begins with this one: the range from it to it followed by the last code point, which an index serves. */
function hasWord(eb: Builder, word: string): Condition {
  const found = eb.selectFrom('search_words').select('entity_id');
  return eb('id', 'in', found.where('word', '>=', word).where('word', '<', `${word}\u{10ffff}`));
}
