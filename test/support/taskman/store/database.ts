import { isEqual, type Value } from '../python/value.ts';
import type { Dialect, Statement } from './dialect.ts';
import { ConnectionFailure } from './failures.ts';
import { copyRow, isJson, type Row, type Table } from './table.ts';

/** One database of the back end: its rows in the order in which it gives them without ORDER BY. */
export class Database {
  readonly dialect: Dialect;
  /** False while nothing answers at its address. */
  isUp = true;
  readonly #rows = new Map<string, Row[]>();

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** @throws ConnectionFailure */
  connect(): void {
    if (!this.isUp) throw new ConnectionFailure("[Errno 111] Connect call failed ('127.0.0.1', 5434)");
  }

  /** The rows themselves, for whoever writes past the back end. */
  rowsOf(table: Table): Row[] {
    const rows = this.#rows.get(table.name) ?? [];
    this.#rows.set(table.name, rows);
    return rows;
  }

  /** @throws ConnectionFailure */
  select(table: Table, matches: (row: Row) => boolean = () => true): Row[] {
    this.connect();
    return this.rowsOf(table).filter(matches);
  }

  /** @throws ConnectionFailure */
  find(table: Table, id: Value): Row | undefined {
    return this.select(table, (row) => row.id === id)[0];
  }

  /** Stores a new row; columns that are not given get their defaults. @throws StatementFailure | ConnectionFailure */
  insert(table: Table, values: Readonly<Row>): Row {
    this.connect();
    const changes = insertedColumns(table, values);
    const row = this.#storedRow(table, changes);
    const statement: Statement = { kind: 'insert', table, changes, row, id: String(values.id) };
    this.#check(statement);
    if (this.find(table, row.id ?? null)) throw this.dialect.duplicate(statement);
    this.rowsOf(table).push(row);
    return row;
  }

  /** Changes what differs; nothing happens (not even to `updated_at`) when nothing does. @throws StatementFailure */
  update(table: Table, row: Row, values: Readonly<Row>): void {
    const changes = changedColumns(table, row, values);
    if (Object.keys(changes).length === 0) return;
    this.connect();
    const stored = this.#storedValues(table, changes);
    const touched = table.touched === undefined ? {} : { [table.touched]: this.dialect.now() };
    const next = { ...row, ...stored, ...touched };
    this.#check({ kind: 'update', table, changes, row: next, id: String(row.id) });
    Object.assign(row, next);
    if (this.dialect.movesUpdatedRows) this.#moveToEnd(table, row);
  }

  /** @throws ConnectionFailure */
  delete(table: Table, row: Row): void {
    this.connect();
    const rows = this.rowsOf(table);
    const index = rows.indexOf(row);
    if (index >= 0) rows.splice(index, 1);
  }

  /** What is stored, to look at. */
  copyOf(table: Table): Row[] {
    return this.rowsOf(table).map(copyRow);
  }

  #moveToEnd(table: Table, row: Row): void {
    const rows = this.rowsOf(table);
    rows.push(...rows.splice(rows.indexOf(row), 1));
  }

  #storedRow(table: Table, changes: Row): Row {
    const now = this.dialect.now();
    const empty = table.columns.map(({ name, isServerTime }) => [name, isServerTime ? now : null]);
    return { ...Object.fromEntries(empty), ...this.#storedValues(table, changes) };
  }

  #storedValues(table: Table, changes: Row): Row {
    const columns = table.columns.filter(({ name }) => name in changes);
    return Object.fromEntries(
      columns.map((column) => [column.name, this.dialect.stored(column, changes[column.name]!)]),
    );
  }

  #check(statement: Statement): void {
    this.dialect.checkValues(statement);
    const missing = statement.table.columns.find(
      (column) => !column.isNullable && !isJson(column) && statement.row[column.name] === null,
    );
    if (missing) throw this.dialect.notNull(statement, missing.name);
  }
}

/** SQLAlchemy names every column of an insert but those the database fills and JSON columns that nobody set. */
function insertedColumns(table: Table, values: Readonly<Row>): Row {
  const changes: Row = {};
  for (const column of table.columns) {
    const value = values[column.name];
    if (value !== undefined && (value !== null || isJson(column))) changes[column.name] = value;
    else if (column.orElse) changes[column.name] = column.orElse();
    else if (!column.isServerTime && column.type !== 'json') changes[column.name] = null;
  }
  return changes;
}

function changedColumns(table: Table, row: Row, values: Readonly<Row>): Row {
  const changed = table.columns.filter(({ name }) => name in values && !isEqual(row[name] ?? null, values[name]!));
  return Object.fromEntries(changed.map(({ name }) => [name, values[name]!]));
}
