import type { Value } from '../python/value.ts';
import type { Row, Table } from './table.ts';

export type Statement = {
  readonly kind: 'insert' | 'update';
  readonly table: Table;
  /** The columns that the statement sets, in the table's order. */
  readonly changes: Readonly<Row>;
  /** The row as it would be stored. */
  readonly row: Readonly<Row>;
  readonly id: string;
};

/** What SQLite and PostgreSQL do differently with the same statement. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgresql';
  /** The database's clock as a task's times are shown. */
  now(): string;
  /** What the column gives back after the value was stored. */
  stored(column: { readonly type: string }, value: Value): Value;
  /** @throws StatementFailure when the driver or the database refuses a value. */
  checkValues(statement: Statement): void;
  /** The error of a row that exists, or of a column that must not be null. */
  notNull(statement: Statement, column: string): Error;
  duplicate(statement: Statement): Error;
  /** Whether a changed row is found at the end of the table from then on. */
  readonly movesUpdatedRows: boolean;
};
