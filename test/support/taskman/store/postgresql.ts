import { pythonJson } from '../python/json.ts';
import { floatText, repr } from '../python/text.ts';
import { isList, PyFloat, typeName, type Value } from '../python/value.ts';
import type { Dialect, Statement } from './dialect.ts';
import { StatementFailure } from './failures.ts';
import { tuple } from './sqlite.ts';
import { type Column, isJson } from './table.ts';

/** PostgreSQL through asyncpg: the driver checks the types of values, the server their lengths. */
export const postgresql: Dialect = {
  name: 'postgresql',
  movesUpdatedRows: true,
  now: () => `${new Date().toISOString().slice(0, 19)}.${microseconds()}Z`,
  stored: (_column, value) => value,
  checkValues(statement) {
    checkTypes(statement);
    checkLengths(statement);
  },
  notNull: (statement, column) => {
    const problem = `null value in column "${column}" of relation "${statement.table.name}" violates not-null constraint`;
    const original = `${exception('NotNullViolationError')}: ${problem}\nDETAIL:  Failing row contains (${failingRow(statement)}).`;
    return failure('IntegrityError', original, statement);
  },
  duplicate: (statement) => {
    const problem = `duplicate key value violates unique constraint "${statement.table.name}_pkey"`;
    const original = `${exception('UniqueViolationError')}: ${problem}\nDETAIL:  Key (id)=(${statement.id}) already exists.`;
    return failure('IntegrityError', original, statement);
  },
};

let lastMicrosecond = 0;

/** Six digits of the current second that never repeat within it. */
function microseconds(): string {
  const now = Math.floor(((performance.timeOrigin + performance.now()) % 1000) * 1000);
  lastMicrosecond = now === lastMicrosecond ? (now + 1) % 1_000_000 : now;
  return String(lastMicrosecond).padStart(6, '0');
}

function checkTypes(statement: Statement): void {
  Object.entries(statement.changes).forEach(([name, value], index) => {
    const column = statement.table.columns.find((one) => one.name === name);
    const problem = column && typeProblem(column, value);
    if (!problem) return;
    const original = `${exception('DataError')}: invalid input for query argument $${index + 1}: ${repr(value)} (${problem})`;
    throw failure('Error', original, statement);
  });
}

function typeProblem({ type }: Column, value: Value): string | undefined {
  if (value === null) return undefined;
  if (type === 'varchar' || type === 'text') {
    return typeof value === 'string' ? undefined : `expected str, got ${typeName(value)}`;
  }
  if (type === 'timestamptz' && typeof value === 'string') {
    return "expected a datetime.date or datetime.datetime instance, got 'str'";
  }
  if (type === 'ids' && isList(value)) {
    const other = value.find((item) => typeof item !== 'string');
    return other === undefined ? undefined : `expected str, got ${typeName(other)}`;
  }
  return undefined;
}

function checkLengths(statement: Statement): void {
  for (const { name, type, length } of statement.table.columns) {
    const value = statement.changes[name];
    if (typeof value !== 'string' || (type !== 'varchar' && type !== 'text')) continue;
    if (value.includes('\0')) {
      const original = `${exception('CharacterNotInRepertoireError')}: invalid byte sequence for encoding "UTF8": 0x00`;
      throw failure('Error', original, statement);
    }
    if (length === undefined || [...value].length <= length) continue;
    const original = `${exception('StringDataRightTruncationError')}: value too long for type character varying(${length})`;
    throw failure('Error', original, statement);
  }
}

function exception(name: string): string {
  return `<class 'asyncpg.exceptions.${name}'>`;
}

function failure(kind: 'Error' | 'IntegrityError', original: string, statement: Statement): StatementFailure {
  const code = kind === 'IntegrityError' ? 'gkpj' : 'dbapi';
  const text = [
    `(sqlalchemy.dialects.postgresql.asyncpg.${kind}) ${original}`,
    `[SQL: ${sqlOf(statement)}]`,
    `[parameters: ${parametersOf(statement)}]`,
    `(Background on this error at: https://sqlalche.me/e/20/${code})`,
  ];
  return new StatementFailure(text.join('\n'), original, kind === 'IntegrityError');
}

const casts: Readonly<Record<string, string>> = {
  varchar: 'VARCHAR',
  text: 'VARCHAR',
  json: 'JSON',
  jsonb: 'JSONB',
  float: 'FLOAT',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  timestamp: 'TIMESTAMP WITHOUT TIME ZONE',
  ids: 'VARCHAR(36)[]',
};

function sqlOf({ kind, table, changes }: Statement): string {
  const names = Object.keys(changes);
  const types = new Map(table.columns.map(({ name, type }) => [name, casts[type]]));
  const marks = names.map((name, index) => `$${index + 1}::${types.get(name)}`);
  if (kind === 'insert') {
    const returned = table.columns.filter((column) => column.isServerTime).map(({ name }) => `${table.name}.${name}`);
    const returning = returned.length === 0 ? '' : ` RETURNING ${returned.join(', ')}`;
    return `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${marks.join(', ')})${returning}`;
  }
  const touch = table.touched === undefined ? [] : [`${table.touched}=now()`];
  const set = [...names.map((name, index) => `${name}=${marks[index]}`), ...touch].join(', ');
  return `UPDATE ${table.name} SET ${set} WHERE ${table.name}.id = $${names.length + 1}::VARCHAR`;
}

function parametersOf({ kind, table, changes, id }: Statement): string {
  const values = Object.entries(changes).map(([name, value]) => {
    const column = table.columns.find((one) => one.name === name);
    return column && isJson(column) ? pythonJson(value) : value;
  });
  return tuple(kind === 'update' ? [...values, id] : values);
}

/** The row as PostgreSQL quotes it in an error: in the table's order, each value cut after 64 bytes. */
function failingRow({ table, row }: Statement): string {
  return table.columns.map((column) => shortened(columnText(column, row[column.name] ?? null))).join(', ');
}

function columnText(column: Column, value: Value): string {
  if (isJson(column)) return pythonJson(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value instanceof PyFloat) return floatText(value.value).replace(/\.0$/, '');
  const isTime = column.type === 'timestamptz' && typeof value === 'string';
  return isTime ? value.replace('T', ' ').replace(/Z$/, '+00') : String(value);
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= 64
    ? text
    : `${bytes
        .subarray(0, 64)
        .toString()
        .replace(/\ufffd+$/, '')}...`;
}
