import type { EntityKind } from './ids.ts';

/** A row of a table that another program wrote: cells by the names of its columns, as they stand there. */
export interface ForeignRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Something in a file that cannot be taken over. */
export interface ForeignProblem {
  /** The file's name, such as `tasks.csv`. */
  readonly file: string;
  /** 1 is the first line. */
  readonly line: number;
  readonly column?: string;
  readonly message: string;
}

/** What the files of another tracker hold. */
export interface ForeignTables {
  /** The folder that the files are in. */
  readonly folder: string;
  readonly rows: Readonly<Record<EntityKind, readonly ForeignRow[]>>;
  readonly problems: readonly ForeignProblem[];
  /** The files are copies of a database, which may know more. */
  readonly areExports: boolean;
}
