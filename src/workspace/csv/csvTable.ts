import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { type Entity, type EntityByKind, fieldsOf, fieldValue } from '../../core/entity.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { compareCodePoints } from '../../core/text.ts';
import { entityFromWire, wireName } from '../../core/wire.ts';
import { type CellKind, cellKindOf, decodeCell, encodeCell } from './csvCell.ts';

interface Column {
  readonly field: string;
  readonly name: string;
  readonly cell: CellKind;
}

/** Schema order, `version` last: a change of one task changes one line, at the field and at its end. */
const columns = { project: makeColumns('project'), sprint: makeColumns('sprint'), task: makeColumns('task') };

function makeColumns(kind: EntityKind): Column[] {
  const fields = fieldsOf(kind).filter((field) => field !== 'version');
  return [...fields, 'version'].map((field) => ({ field, name: wireName(field), cell: cellKindOf(kind, field) }));
}

const rowsPerChunk = 1_000;

/** A lone CR must be quoted too: readers take it for the end of a line. */
const format = { record_delimiter: '\n', quoted_match: /[\r\n]/ };

/** Writes a table as RFC 4180 in chunks of text: UTF-8, `\n`, one header row, sorted by id by code point. */
export function* csvChunks(kind: EntityKind, entities: Iterable<Entity>): Generator<string> {
  yield stringify([columns[kind].map((column) => column.name)], format);
  const rows = [...entities].sort((a, b) => compareCodePoints(a.id, b.id));
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    yield stringify(
      rows.slice(start, start + rowsPerChunk).map((entity) => cellsOf(kind, entity)),
      format,
    );
  }
}

function cellsOf(kind: EntityKind, entity: Entity): string[] {
  return columns[kind].map((column) => encodeCell(column.cell, fieldValue(entity, column.field)));
}

/** A row that is not a valid entity. */
export interface RowProblem {
  /** 1 is the header row. */
  readonly line: number;
  readonly message: string;
}

/** What a CSV text holds: the valid entities, and the rows that are not. */
export interface CsvTable<K extends EntityKind> {
  readonly entities: readonly EntityByKind[K][];
  readonly problems: readonly RowProblem[];
}

/**
 * Reads a table; BOM and CRLF are accepted, columns may stand in any order, unknown ones are ignored here.
 * @throws DtmError `damaged-file` naming the line, if the text is no CSV at all
 */
export function readCsv<K extends EntityKind>(kind: K, text: string): CsvTable<K> {
  const { header, rows } = parseText(text);
  const entities: EntityByKind[K][] = [];
  const problems: RowProblem[] = [];
  for (const row of rows) {
    try {
      entities.push(entityFromWire(kind, wireOfRow(kind, header, row.cells)));
    } catch (error) {
      if (!isDtmError(error)) throw error;
      problems.push({ line: row.line, message: error.message });
    }
  }
  return { entities, problems };
}

interface ParsedText {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

function parseText(text: string): ParsedText {
  const lines: number[] = [];
  try {
    const records = parse(text, {
      bom: true,
      relax_column_count: false,
      skip_empty_lines: true,
      on_record: (record: string[], context) => {
        lines.push(context.lines);
        return record;
      },
    });
    const [header = [], ...cells] = records;
    return { header, rows: cells.map((row, index) => ({ line: lines[index + 1] ?? 0, cells: row })) };
  } catch (cause) {
    const line = (cause as { lines?: number }).lines ?? 1;
    throw new DtmError('damaged-file', `line ${line}: ${csvReason(cause)}`, {
      cause,
      hint: 'Correct the line, or take the file back from a copy.',
      details: { line },
    });
  }
}

function csvReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/ at line \d+.*$/s, '');
}

function wireOfRow(kind: EntityKind, header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const column of columns[kind]) {
    const at = header.indexOf(column.name);
    const text = at < 0 ? '' : (cells[at] ?? '');
    try {
      wire[column.name] = decodeCell(column.cell, text);
    } catch (error) {
      throw isDtmError(error) ? new DtmError('validation', `${column.name}: ${error.message}`) : error;
    }
  }
  return wire;
}
