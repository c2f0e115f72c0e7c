import type { Entity } from '../../../core/entity.ts';
import { custom as customSchema } from '../../../core/fields.ts';
import type { ForeignProblem } from '../../../core/foreignTable.ts';
import type { TakenRow } from './takenRow.ts';

/** An entity that a row becomes, while what it refers to is being looked for. */
export interface Draft {
  entity: Entity;
  readonly file: string;
  readonly line: number;
  readonly columns: TakenRow['columns'];
}

/** A place in a file that something is said about, and the draft of that row if there is one. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly draft?: Draft | undefined;
}

/**
 * Keeps what could not be taken over in the draft's `custom`, under its column.
 * @param values ids that the column names
 * @returns the problem that says so
 */
export function keepBeside(place: Place, values: readonly string[], isList: boolean, why: string): ForeignProblem {
  const { file, line, column, draft } = place;
  const kept = draft && withKept(draft.entity, column, isList ? values : values[0]);
  if (draft && kept) draft.entity = kept;
  const where = kept ? `kept as custom.${column}` : 'it is left out';
  return { file, line, column, message: `${why}: ${where}` };
}

/** @returns undefined if there is no room for it */
function withKept(entity: Entity, column: string, value: unknown): Entity | undefined {
  const before = (entity.custom as Readonly<Record<string, unknown>>)[column];
  const both = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  const parsed = customSchema.safeParse({ ...entity.custom, [column]: both });
  return parsed.success ? { ...entity, custom: parsed.data } : undefined;
}
