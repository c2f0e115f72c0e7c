import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type CsvError, parse } from 'csv-parse';
import { DtmError, systemCode } from '../../core/errors.ts';
import type { ForeignProblem, ForeignRow } from '../../core/foreignTable.ts';

/** How the files begin that are copies of what an API answered. */
const exportMarker = '### EXPORT_ARTIFACT';
const largestRecord = 8 * 1024 * 1024;
const mostProblems = 1_000;

interface ForeignTable {
  readonly rows: readonly ForeignRow[];
  readonly problems: readonly ForeignProblem[];
  /** It says of itself that it is a copy. */
  readonly isExport: boolean;
}

/**
 * Reads a CSV file of another program: columns by name and in any order, a comment where a line begins with `###`. A row
 * that cannot be read is a problem, and the others are read on.
 * @throws DtmError `cannot-read`
 */
export async function readForeignTable(path: string): Promise<ForeignTable> {
  const file = basename(path);
  const rows: ForeignRow[] = [];
  const problems: ForeignProblem[] = [];
  let isExport = false;
  let last = 0;
  const note = (error: CsvError | undefined) => {
    if (!error) return;
    const line = Number((error as { lines?: number }).lines ?? 1);
    // Of a quote that is never closed the parser tells where the file ends: it was opened behind what could be read.
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    if (problems.length < mostProblems)
      problems.push({ file, line: isOpen ? last + 1 : line, message: reasonOf(error) });
    last = line;
  };
  const parser = parse({
    bom: true,
    columns: (names: string[]) => names.map((name) => name.trim()),
    comment: '###',
    comment_no_infix: true,
    info: true,
    max_record_size: largestRecord,
    skip_empty_lines: true,
    skip_records_with_error: true,
  });
  parser.on('skip', note);
  const input = createReadStream(path);
  input.once('data', (chunk) => {
    isExport = chunk
      .slice(0, 100)
      .toString()
      .replace(/^\ufeff/, '')
      .startsWith(exportMarker);
  });
  input.once('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<Parsed>) {
      rows.push({ line: info.lines, cells: record });
      last = Math.max(last, info.lines);
    }
  } catch (error) {
    if (!isCsvError(error)) throw cannotRead(path, error);
    note(error);
  } finally {
    input.destroy();
  }
  return { rows, problems, isExport };
}

interface Parsed {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && /^CSV_/.test((error as { code?: string }).code ?? '');
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened here and never closed: what follows cannot be read',
  CSV_INVALID_CLOSING_QUOTE: 'something stands behind a closing quote',
  CSV_MAX_RECORD_SIZE: 'the row is larger than 8 MiB',
  CSV_RECORD_INCONSISTENT_COLUMNS: 'the row has another number of cells than there are columns',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'the row has another number of cells than there are columns',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a cell that is not quoted',
};

function reasonOf(error: CsvError): string {
  return reasons[error.code] ?? error.message.replace(/ at line \d+.*$/s, '');
}

function cannotRead(path: string, cause: unknown): DtmError {
  return new DtmError('cannot-read', `${path} cannot be read: ${systemCode(cause) ?? 'unknown'}`, {
    cause,
    hint: 'Check that you may read it.',
  });
}
