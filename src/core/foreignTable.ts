import type { Entity } from './entity.ts';
import type { EntityKind } from './ids.ts';

/** What the rows of a file are. Tickets are tasks under other names of columns. */
export type ForeignLayout = EntityKind | 'ticket';

/** A CSV file of another program. */
export interface ForeignFile {
  /** Its name without the folder, such as `tasks.csv`. */
  readonly name: string;
  readonly layout: ForeignLayout;
}

/** A row of it: cells by the names of its columns, as they stand there. */
export interface ForeignRow {
  /** Where the row begins; 1 is the first line. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Something that cannot be taken over as it stands. */
export interface ForeignProblem {
  /** The file's name, such as `tasks.csv`. */
  readonly file: string;
  /** Where the row begins; absent where it is about the file as a whole. */
  readonly line?: number;
  readonly column?: string;
  readonly message: string;
}

/** A file that was read. */
export interface ForeignFileRead extends ForeignFile {
  readonly rows: number;
  /** How many of them cannot be read at all. */
  readonly unreadable: number;
  /** It says of itself that it is a copy of what an API answered. */
  readonly isExport: boolean;
}

/** Where rows came from. */
export interface ForeignSource {
  readonly folder: string;
  readonly files: readonly ForeignFileRead[];
  readonly problems: readonly ForeignProblem[];
  /** The file that says that a database has the authority and the CSV files are copies of it; null if there is none. */
  readonly sentinel: string | null;
}

/** What becomes of a file's rows: each is counted once. */
export interface RowCounts {
  readonly rows: number;
  /** Of which something is created here. */
  readonly created: number;
  /** Here already, with the same values. */
  readonly unchanged: number;
  /** Here already with other values, which stay. */
  readonly different: number;
  /** Known here and not to be seen: deleted, or refused by the server. */
  readonly gone: number;
  /** Left out; a problem says why. */
  readonly skipped: number;
}

export interface FileCounts extends RowCounts {
  readonly file: string;
}

/** A project that rows name and no row describes. */
export interface MadeProject {
  readonly id: string;
  /** How many sprints and tasks will be in it. */
  readonly sprints: number;
  readonly tasks: number;
  /** It is for those that name no project. */
  readonly isForHomeless: boolean;
}

/** What the present tracker has: what rows may refer to, and what is not created again. */
export interface KnownEntities {
  /** What the person sees. */
  find(id: string): Entity | null;
  /** Whether it exists, existed (and was deleted), or is about to be created. */
  isKnown(id: string): boolean;
}
