import { pythonJson } from '../python/json.ts';
import { floatText, repr } from '../python/text.ts';
import { PyFloat, type Value } from '../python/value.ts';
import type { Dialect, Statement } from './dialect.ts';
import { StatementFailure } from './failures.ts';
import { type Column, isJson } from './table.ts';

/** SQLite through aiosqlite: lengths and types of texts do not count, times must be date objects. */
export const sqlite: Dialect = {
  name: 'sqlite',
  movesUpdatedRows: false,
  now: () => new Date().toISOString().slice(0, 19),
  stored: (column, value) =>
    value instanceof PyFloat && ['varchar', 'text'].includes(column.type) ? floatText(value.value) : value,
  checkValues,
  notNull: (statement, column) =>
    integrityFailure(`NOT NULL constraint failed: ${statement.table.name}.${column}`, statement),
  duplicate: (statement) => integrityFailure(`UNIQUE constraint failed: ${statement.table.name}.id`, statement),
};

function checkValues(statement: Statement): void {
  for (const column of statement.table.columns) {
    const isTime = column.type === 'timestamptz' || column.type === 'timestamp';
    if (isTime && typeof statement.changes[column.name] === 'string') throw timeFailure(statement);
  }
}

function timeFailure(statement: Statement): StatementFailure {
  const original = 'SQLite DateTime type only accepts Python datetime and date objects as input.';
  const key = statement.kind === 'update' ? { [`${statement.table.name}_id`]: statement.id } : {};
  const parameters = repr([{ ...statement.changes, ...key }]);
  const text = `(builtins.TypeError) ${original}\n[SQL: ${sqlOf(statement)}]\n[parameters: ${parameters}]`;
  return new StatementFailure(text, original, false);
}

function integrityFailure(original: string, statement: Statement): StatementFailure {
  const text = [
    `(sqlite3.IntegrityError) ${original}`,
    `[SQL: ${sqlOf(statement)}]`,
    `[parameters: ${parametersOf(statement)}]`,
    '(Background on this error at: https://sqlalche.me/e/20/gkpj)',
  ];
  return new StatementFailure(text.join('\n'), original, true);
}

function sqlOf({ kind, table, changes }: Statement): string {
  const names = Object.keys(changes);
  if (kind === 'insert') {
    const returned = table.columns.filter((column) => column.isServerTime).map((column) => column.name);
    const returning = returned.length === 0 ? '' : ` RETURNING ${returned.join(', ')}`;
    return `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})${returning}`;
  }
  const touch = table.touched === undefined ? [] : [`${table.touched}=CURRENT_TIMESTAMP`];
  const set = [...names.map((name) => `${name}=?`), ...touch].join(', ');
  return `UPDATE ${table.name} SET ${set} WHERE ${table.name}.id = ?`;
}

function parametersOf({ kind, table, changes, id }: Statement): string {
  const values = table.columns
    .filter(({ name }) => name in changes)
    .map((column) => bound(column, changes[column.name] ?? null));
  return tuple(kind === 'update' ? [...values, id] : values);
}

function bound(column: Column, value: Value): Value {
  if (isJson(column)) return pythonJson(value);
  return typeof value === 'boolean' ? Number(value) : value;
}

/** A Python tuple; texts above 300 characters are cut in the middle, as SQLAlchemy shows them. */
export function tuple(values: readonly Value[]): string {
  const shown = values.map((value) => cut(repr(value)));
  return shown.length === 1 ? `(${shown[0]},)` : `(${shown.join(', ')})`;
}

function cut(text: string): string {
  if (text.length <= 300) return text;
  return `${text.slice(0, 150)} ... (${text.length - 300} characters truncated) ... ${text.slice(-150)}`;
}
