import { type Draft, defaultOf } from '../../core/draft.ts';
import { type EntityByKind, fieldValue } from '../../core/entity.ts';
import type { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { jsonEqual } from '../../core/json.ts';
import { entityFromWire, parseField } from '../../core/wire.ts';
import { encodeCell } from './csvCell.ts';
import { type CsvColumn, csvColumns, valueOfCell } from './csvColumns.ts';
import type { OutsideRow, OutsideTable, TableProblem } from './outsideTable.ts';

/** What a row of ours said: the cells of a file that we wrote, or of an entity as it would be written. */
export interface KnownRow {
  readonly version: number;
  readonly cellOf: (column: CsvColumn) => string;
}

export function knownRow(row: OutsideRow, table: Pick<OutsideTable, 'placeOf'>): KnownRow {
  return { version: row.version ?? 0, cellOf: (column) => row.cells[table.placeOf(column)] ?? '' };
}

export function knownEntity(entity: EntityByKind[EntityKind]): KnownRow {
  return {
    version: entity.version,
    cellOf: (column) => encodeCell(column.cell, fieldValue(entity, column.field)),
  };
}

/** The columns of ours in which a row differs from a known one; `version` never counts. */
export function differingColumns(
  kind: EntityKind,
  table: OutsideTable,
  row: OutsideRow,
  known: KnownRow,
): readonly CsvColumn[] {
  return csvColumns[kind].filter((column) => {
    const place = table.placeOf(column);
    if (place < 0 || column.name === 'version' || column.name === 'id') return false;
    return !isSameCell(row.cells[place] ?? '', known.cellOf(column));
  });
}

/** What turns LF into CR LF does so within cells, too. */
function isSameCell(a: string, b: string): boolean {
  return a === b || (a.includes('\r\n') && a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n'));
}

/** A cell's text, with the line ends that we write. */
function cellText(table: OutsideTable, row: OutsideRow, column: CsvColumn): string {
  const text = row.cells[table.placeOf(column)] ?? '';
  return table.isCrlf ? text.replaceAll('\r\n', '\n') : text;
}

/** What differs, as the person means it: the values before and after, equal ones left out. */
export interface CellEdit {
  readonly before: Draft;
  readonly after: Draft;
}

/** @throws DtmError `validation` naming the column */
export function editOf(
  kind: EntityKind,
  table: OutsideTable,
  row: OutsideRow,
  known: KnownRow,
  columns: readonly CsvColumn[],
): CellEdit {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const column of columns) {
    const from = valueOfCell(kind, column, known.cellOf(column));
    const to = valueOfCell(kind, column, cellText(table, row, column));
    if (jsonEqual(from, to)) continue;
    before[column.field] = from;
    after[column.field] = parseField(kind, column.field, to);
  }
  return { before, after };
}

/** The values of a row that stands for a new entity. @throws DtmError `validation` naming the column */
export function draftOf(kind: EntityKind, table: OutsideTable, row: OutsideRow): Draft {
  const draft: Record<string, unknown> = {};
  for (const column of csvColumns[kind]) {
    if (!column.editable || table.placeOf(column) < 0) continue;
    const value = valueOfCell(kind, column, cellText(table, row, column));
    if (!jsonEqual(value, defaultOf(kind, column.field))) draft[column.field] = value;
  }
  return draft;
}

/** The row as a whole entity, if it is one: with its id, its version and its dates. */
export function wholeEntity(
  kind: EntityKind,
  table: OutsideTable,
  row: OutsideRow,
): EntityByKind[EntityKind] | undefined {
  try {
    const wire = csvColumns[kind].map((column) => [
      column.name,
      valueOfCell(kind, column, cellText(table, row, column)),
    ]);
    return entityFromWire(kind, Object.fromEntries(wire));
  } catch {
    // What is wrong with it is said where its cells are read one by one.
    return undefined;
  }
}

/** A refused row, at its place: what is wrong, and what to do where that says more. */
export function rowProblem(table: OutsideTable, line: number, error: DtmError): TableProblem {
  const path = error.code === 'illegal-transition' ? 'status' : error.fields[0]?.path.split('.')[0];
  const cell = path === undefined ? -1 : table.names.indexOf(path);
  const hint = error.hint === undefined || error.hint === 'Correct the value and try again.' ? '' : `. ${error.hint}`;
  const message = error.message.replace(`${path} is not valid: `, '').replace(/\.$/, '') + hint;
  return { line, severity: 'error', message, ...(path === undefined || cell < 0 ? {} : { column: path, cell }) };
}
