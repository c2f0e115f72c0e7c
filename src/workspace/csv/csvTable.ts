import { stringify } from 'csv-stringify/sync';
import { type Entity, fieldValue } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { compareCodePoints } from '../../core/text.ts';
import { encodeCell } from './csvCell.ts';
import { csvColumns } from './csvColumns.ts';

const rowsPerChunk = 1_000;

/** A lone CR must be quoted too: readers take it for the end of a line. */
const format = { record_delimiter: '\n', quoted_match: /[\r\n]/ };

/** Columns that somebody else added, and what stands there for each entity. */
export interface ExtraColumns {
  readonly names: readonly string[];
  readonly cellsOf: (id: string) => readonly string[] | undefined;
}

export const noExtraColumns: ExtraColumns = { names: [], cellsOf: () => undefined };

/** Writes a table as RFC 4180 in chunks of text: UTF-8, `\n`, one header row, sorted by id by code point. */
export function* csvChunks(
  kind: EntityKind,
  entities: Iterable<Entity>,
  extra: ExtraColumns = noExtraColumns,
): Generator<string> {
  yield recordsText([csvHeader(kind, extra.names)]);
  const rows = [...entities].sort((a, b) => compareCodePoints(a.id, b.id));
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    const part = rows.slice(start, start + rowsPerChunk);
    yield recordsText(part.map((entity) => csvRecord(kind, entity, extra)));
  }
}

/** The text of records, each with its line end. */
export function recordsText(records: readonly (readonly string[])[]): string {
  return stringify(records as string[][], format);
}

/** The names of the columns, those of others before `version`. */
function csvHeader(kind: EntityKind, extras: readonly string[]): string[] {
  const names = csvColumns[kind].map((column) => column.name);
  return [...names.slice(0, -1), ...extras, ...names.slice(-1)];
}

/** The cells of one entity, in the order of {@link csvHeader}. */
function csvRecord(kind: EntityKind, entity: Entity, extra: ExtraColumns = noExtraColumns): string[] {
  const cells = csvColumns[kind].map((column) => encodeCell(column.cell, fieldValue(entity, column.field)));
  if (extra.names.length === 0) return cells;
  const others = extra.cellsOf(entity.id) ?? [];
  return [...cells.slice(0, -1), ...extra.names.map((_, index) => others[index] ?? ''), ...cells.slice(-1)];
}
