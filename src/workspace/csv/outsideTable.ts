import type { EntityKind } from '../../core/ids.ts';
import { type CsvColumn, csvColumns } from './csvColumns.ts';
import type { ExtraColumns } from './csvTable.ts';
import { type CsvRecord, type CsvText, readCsvText } from './csvText.ts';

/** A row as somebody left it. */
export interface OutsideRow {
  readonly line: number;
  /** Empty where the row is a new one. */
  readonly id: string;
  /** Undefined where none stands there. */
  readonly version: number | undefined;
  /** By the places of {@link OutsideTable.names}. */
  readonly cells: readonly string[];
}

/** What is wrong in a table. */
export interface TableProblem {
  readonly line: number;
  readonly column?: string;
  readonly cell?: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** One of our tables as somebody left it: columns in any order, some of them missing, others added. */
export interface OutsideTable {
  readonly names: readonly string[];
  readonly rows: readonly OutsideRow[];
  readonly problems: readonly TableProblem[];
  /** Whether every row could be read: otherwise nothing can be said about those that are not there. */
  readonly isWhole: boolean;
  /** Its lines end with CR LF, and so may those within its cells. */
  readonly isCrlf: boolean;
  /** Where one of our columns stands; -1 if it was taken away. */
  readonly placeOf: (column: CsvColumn) => number;
  /** Columns that are not ours, where anything stands in them, and their places. */
  readonly extras: readonly { readonly name: string; readonly place: number }[];
}

const largestVersion = 1_000_000_000;

/** Reads one of our tables, whatever was done to it. */
export async function readOutsideTable(kind: EntityKind, bytes: Buffer): Promise<OutsideTable> {
  const undecodable = lineOfOtherEncoding(bytes);
  const { records, faults } = undecodable === undefined ? await readCsvText(bytes) : otherEncoding(undecodable);
  const problems: TableProblem[] = faults.map((fault) => ({ ...fault, severity: 'error' }));
  const [header, ...body] = records;
  const names = header?.cells.map((name) => ownName(kind, name.trim())) ?? [];
  problems.push(...headerProblems(header, names, problems.length > 0));
  const isTable = problems.every(({ line }) => line !== (header?.line ?? 1));
  const places = new Map(names.map((name, place) => [name, place]));
  const rows: OutsideRow[] = [];
  for (const record of isTable ? body : []) {
    if (record.cells.every((cell) => cell.trim() === '')) continue;
    const row = rowOf(record, names.length, places);
    if ('message' in row) problems.push(row);
    else rows.push(row);
  }
  const placeOf = (column: CsvColumn) => places.get(column.name) ?? -1;
  return {
    names,
    rows,
    problems,
    isWhole: problems.length === 0,
    isCrlf: bytes.subarray(0, bytes.indexOf('\n')).at(-1) === 0x0d,
    placeOf,
    extras: foundExtras(kind, names, rows),
  };
}

/** Spreadsheets and people write the names of our columns with capitals, too. */
function ownName(kind: EntityKind, name: string): string {
  const lower = name.toLowerCase();
  return csvColumns[kind].some((column) => column.name === lower) ? lower : name;
}

/** The first line that is no UTF-8; a file that says so itself may be UTF-16. */
function lineOfOtherEncoding(bytes: Buffer): number | undefined {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isUtf16 || isUtf8(bytes)) return undefined;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const next = bytes.indexOf(0x0a, start);
    const end = next < 0 ? bytes.length : next + 1;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return 1;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function otherEncoding(line: number): CsvText {
  const message = 'the file is not written in UTF-8 from here on; save it as “CSV UTF-8”';
  return { records: [], faults: [{ line, message }] };
}

function headerProblems(
  header: CsvRecord | undefined,
  names: readonly string[],
  hasFaults: boolean,
): readonly TableProblem[] {
  const line = header?.line ?? 1;
  if (!header) return hasFaults ? [] : [{ line, severity: 'error', message: 'the row of column names is missing' }];
  const [only = ''] = header.cells.length === 1 ? header.cells : [];
  const separator = only.includes(';') ? 'semicolons' : only.includes('\t') ? 'tabs' : undefined;
  if (separator) {
    const message = `the cells are separated by ${separator}; save the file with commas between them`;
    return [{ line, severity: 'error', message }];
  }
  const twice = names.find((name, place) => name !== '' && names.indexOf(name) !== place);
  if (twice !== undefined) {
    const cell = names.lastIndexOf(twice);
    return [{ line, column: twice, cell, severity: 'error', message: `two columns are called ${twice}` }];
  }
  if (names.includes('id')) return [];
  return [{ line, severity: 'error', message: 'the column id is missing, by which rows are known' }];
}

function rowOf(
  { line, cells }: CsvRecord,
  count: number,
  places: ReadonlyMap<string, number>,
): OutsideRow | TableProblem {
  const tooMany = cells.slice(count).some((cell) => cell !== '');
  if (tooMany || cells.length < count) return countProblem(line, cells.length, count);
  const at = (name: string) => cells[places.get(name) ?? -1]?.trim() ?? '';
  const text = at('version');
  const version = text === '' ? undefined : Number(text);
  if (version === undefined || (Number.isSafeInteger(version) && version > 0 && version < largestVersion))
    return { line, id: at('id'), version, cells };
  const message = `version must stay as it was, and is ${text}`;
  return { line, column: 'version', cell: places.get('version') ?? 0, severity: 'error', message };
}

function countProblem(line: number, found: number, wanted: number): TableProblem {
  const why = found > wanted ? ' (a cell with a comma in it must be quoted)' : '';
  const message = `the row has ${found} cells, and there are ${wanted} columns${why}`;
  return { line, severity: 'error', message };
}

function foundExtras(kind: EntityKind, names: readonly string[], rows: readonly OutsideRow[]) {
  const ours = new Set(csvColumns[kind].map((column) => column.name));
  return names.flatMap((name, place) => {
    const isExtra = !ours.has(name) && (name !== '' || rows.some((row) => row.cells[place] !== ''));
    return isExtra ? [{ name, place }] : [];
  });
}

/** What somebody added, row by row, also for rows that only now have an id. */
export function extraColumnsOf(table: OutsideTable, ids: ReadonlyMap<OutsideRow, string>): ExtraColumns {
  const { extras } = table;
  const cells = new Map(
    extras.length === 0
      ? []
      : table.rows.map((row) => [row.id || (ids.get(row) ?? ''), extras.map(({ place }) => row.cells[place] ?? '')]),
  );
  return { names: extras.map(({ name }) => name), cellsOf: (id) => cells.get(id) };
}
