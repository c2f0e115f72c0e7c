import type { Value } from './python/value.ts';
import type { Database } from './store/database.ts';
import type { Row, Table } from './store/table.ts';
import { projects, sprints, tasks } from './store/tables.ts';

const tables = { tasks, projects, sprints } satisfies Record<string, Table>;

export type TableName = keyof typeof tables;

/** One database, as whoever has its password sees it. */
export class TierControl {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Nothing answers at its address any more; its rows stay. */
  goDown(): void {
    this.#database.isUp = false;
  }

  comeUp(): void {
    this.#database.isUp = true;
  }

  /** Copies of all rows, by column (a sprint's project is `project_id`), in the order in which the database gives them. */
  rows(name: TableName): Row[] {
    return this.#database.copyOf(tables[name]);
  }

  row(name: TableName, id: string): Row | undefined {
    return this.rows(name).find((row) => row.id === id);
  }

  /**
   * Stores a row as another program would: any words, any shapes, lists as lists. Columns that are not given are empty,
   * where they must not be they get the model's default.
   */
  plant(name: TableName, values: Readonly<Record<string, Value>>): void {
    const table = tables[name];
    const now = this.#database.dialect.now();
    const empty = table.columns.map(({ name: column, isServerTime, isNullable, orElse }) => [
      column,
      isServerTime ? now : isNullable ? null : (orElse?.() ?? null),
    ]);
    this.#database.rowsOf(table).push({ ...Object.fromEntries(empty), ...values });
  }

  /** Changes a row as another writer would, between two requests: it gets a new time and, on PostgreSQL, a new place. */
  write(name: TableName, id: string, values: Readonly<Record<string, Value>>): void {
    const table = tables[name];
    const row = this.#database.rowsOf(table).find((one) => one.id === id);
    if (!row) throw new Error(`No row ${id} in ${name}`);
    this.#database.update(table, row, values);
  }

  /** Removes a row as another writer would. */
  remove(name: TableName, id: string): void {
    const rows = this.#database.rowsOf(tables[name]);
    const index = rows.findIndex((row) => row.id === id);
    if (index < 0) throw new Error(`No row ${id} in ${name}`);
    rows.splice(index, 1);
  }
}
