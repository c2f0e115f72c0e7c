import { isList, isMap, PyFloat, type Value } from '../python/value.ts';

export type ColumnType =
  | 'varchar'
  | 'text'
  | 'json'
  | 'jsonb'
  | 'float'
  | 'integer'
  | 'boolean'
  | 'timestamp'
  | 'timestamptz'
  | 'ids';

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  /** Characters that PostgreSQL takes; SQLite takes any number. */
  readonly length: number | undefined;
  readonly isNullable: boolean;
  /** What the model fills in when nothing (or null) is given at an insert. */
  readonly orElse: (() => Value) | undefined;
  /** Filled by the database at an insert. */
  readonly isServerTime: boolean;
};

export type Table = {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Set to the time of each update by the database. */
  readonly touched: string | undefined;
};

/** What a table's row holds: the values as Python loads them from the columns. */
export type Row = Record<string, Value>;

const defaults: Readonly<Record<string, () => Value>> = {
  '""': () => '',
  '[]': () => [],
  '{}': () => ({}),
  false: () => false,
  new: () => 'new',
  p2: () => 'p2',
};

/**
 * A table from one line per column: `name type[(length)] [not null] [default x] [now]`;
 * `touched` names the column that the database sets at each update.
 */
export function table(name: string, lines: string, touched?: string): Table {
  return { name, columns: lines.trim().split('\n').map(column), touched };
}

function column(line: string): Column {
  const match = /^\s*(\w+) (\w+)(?:\((\d+)\))?(.*)$/.exec(line);
  if (!match) throw new Error(`No column: ${line}`);
  const [, name = '', type = '', length, rest = ''] = match;
  const orElse = /default (\S+)/.exec(rest)?.[1];
  return {
    name,
    type: type as ColumnType,
    length: length === undefined ? undefined : Number(length),
    isNullable: !rest.includes('not null'),
    orElse: orElse === undefined ? undefined : defaults[orElse],
    isServerTime: rest.endsWith(' now'),
  };
}

/** A JSON column holds JSON null where other columns would hold SQL NULL. */
export function isJson(column: Column): boolean {
  return column.type === 'json' || column.type === 'jsonb';
}

/** A copy that shares nothing with the stored row. */
export function copyRow(row: Readonly<Row>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, copyValue(value)]));
}

function copyValue(value: Value): Value {
  if (value instanceof PyFloat) return value;
  if (isList(value)) return value.map(copyValue);
  if (isMap(value)) return copyRow(value);
  return value;
}
