import type { Entity } from './entity.ts';
import type { EntityKind } from './ids.ts';

/** Something in a CSV file of the workspace that cannot be taken in, at its place. */
export interface CsvProblem {
  /** The absolute path of the file. */
  readonly path: string;
  /** Where the row begins; 1 is the first line. */
  readonly line: number;
  /** The column's name, where one cell is to blame. */
  readonly column?: string;
  /** Which cell of the row that is; 0 is the first. */
  readonly cell?: number;
  /** While there is an error, the file is left as it is; a warning only says what was not taken over. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** A row that was copied from a state which is not known any more: whether its cells are edits, only a person knows. */
export interface StaleRow {
  readonly path: string;
  readonly line: number;
  readonly kind: EntityKind;
  readonly id: string;
  /** What people call the entity. */
  readonly label: string;
  /** In wire names: where the row differs from what is known now. */
  readonly fields: readonly string[];
}

/** What people and programs did to the CSV files, as far as it is not settled by itself. */
export interface CsvReport {
  readonly problems: readonly CsvProblem[];
  /** Entities whose rows are gone: to be deleted, or written back? */
  readonly missing: readonly Entity[];
  readonly stale: readonly StaleRow[];
  /** Files that came with the folder; nothing is read from them before the person trusts them. */
  readonly untrusted: readonly string[];
}

export const emptyCsvReport: CsvReport = { problems: [], missing: [], stale: [], untrusted: [] };

/** What the person decided about a {@link CsvReport}. */
export interface CsvAnswer {
  readonly missing?: 'delete' | 'keep';
  readonly stale?: 'take' | 'discard';
  /** What the person was shown: of what came since nothing is decided. */
  readonly of?: CsvReport;
}

/** Whether the answer decides about an entity whose row is gone. */
export function decidesMissing({ missing, of }: CsvAnswer, id: string): boolean {
  return missing !== undefined && of?.missing.some((one) => one.id === id) === true;
}

/** Whether the answer decides about a row of unknown age. */
export function decidesStale({ stale, of }: CsvAnswer, row: Pick<StaleRow, 'id' | 'fields'>): boolean {
  const isShown = (one: StaleRow) => one.id === row.id && one.fields.join() === row.fields.join();
  return stale !== undefined && of?.stale.some(isShown) === true;
}

/** An entity that was to be deleted, and why it cannot be. */
export interface Undeletable {
  readonly entity: Entity;
  readonly reason: string;
}

/** Whether the person has something to decide. */
export function hasCsvQuestion(report: CsvReport): boolean {
  return report.missing.length > 0 || report.stale.length > 0;
}
