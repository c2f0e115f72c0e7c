import { createReadStream } from 'node:fs';
import { type CsvError, type InfoRecord, type Parser, parse } from 'csv-parse';
import { DtmError, systemCode } from '../../core/errors.ts';
import type { ForeignFile, ForeignFileRead, ForeignProblem, ForeignRow } from '../../core/foreignTable.ts';
import { headerNames } from './headerNames.ts';
import { LineEnds, lineEndsIn } from './lineEnds.ts';

/** How the files begin that are copies of what an API answered. */
const exportMarker = '### EXPORT_ARTIFACT';
const largestRecord = 8 * 1024 * 1024;
const mostProblems = 1_000;

/** What a file turned out to hold, besides its rows. */
export interface ForeignTable {
  readonly read: ForeignFileRead;
  readonly problems: readonly ForeignProblem[];
}

/**
 * Reads a CSV file of another program: columns by name and in any order, a comment where a line begins with `###`. A row
 * that cannot be read is a problem, and the others are read on.
 * @param take gets each row as soon as it is read; nothing of it is kept here
 * @throws DtmError `cannot-read`
 */
export async function readForeignTable(
  path: string,
  file: ForeignFile,
  take: (row: ForeignRow) => void,
): Promise<ForeignTable> {
  const reading = new TableReading(file, take);
  const input = createReadStream(path);
  input.on('data', (chunk) => reading.bytes(Buffer.from(chunk)));
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = parserInto(reading);
      parser.once('end', resolve).once('error', reject);
      input.once('error', reject).pipe(parser);
    });
  } catch (error) {
    if (!isCsvError(error)) throw systemCode(error) === undefined ? error : cannotRead(path, error);
    reading.refused(error);
  } finally {
    input.destroy();
  }
  return reading.result();
}

function parserInto(reading: TableReading): Parser {
  const parser = parse({
    bom: true,
    comment: '###',
    comment_no_infix: true,
    max_record_size: largestRecord,
    on_record: (cells: readonly string[], info) => {
      reading.record(cells, info);
      return null;
    },
    // How many cells there should be, the header says.
    relax_column_count: true,
    // A quote in the wrong place stands for itself: all that follows would be lost with it otherwise.
    relax_quotes: true,
    skip_empty_lines: true,
  });
  return parser.resume();
}

/** The beginning of a file as text; for finding out what it is. @throws DtmError `cannot-read` */
export async function beginningOf(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: 4_095 })) chunks.push(chunk as Buffer);
  } catch (error) {
    throw cannotRead(path, error);
  }
  return Buffer.concat(chunks).toString();
}

/** How far the parser was when a record ended, as it counts. */
type Mark = Pick<InfoRecord, 'empty_lines' | 'comment_lines'>;

/** One pass through a file: tells header from rows, and where each row begins. */
class TableReading {
  readonly #file: ForeignFile;
  readonly #take: (row: ForeignRow) => void;
  readonly #problems: ForeignProblem[] = [];
  readonly #lineEnds = new LineEnds();
  #names: readonly string[] | undefined;
  #isExport: boolean | undefined;
  #rows = 0;
  #unreadable = 0;
  #unlisted = 0;
  /** Where the last record that could be read ended. */
  #lastLine = 0;
  #mark: Mark = { empty_lines: 0, comment_lines: 0 };
  #hasReplacements = false;

  constructor(file: ForeignFile, take: (row: ForeignRow) => void) {
    this.#file = file;
    this.#take = take;
  }

  bytes(chunk: Buffer): void {
    const beginning = () =>
      chunk
        .subarray(0, 100)
        .toString()
        .replace(/^\ufeff/, '');
    this.#isExport ??= beginning().startsWith(exportMarker);
    this.#lineEnds.read(chunk);
  }

  record(cells: readonly string[], info: InfoRecord): void {
    // The parser counts line ends within quotes twice where they are CR LF.
    const lastLine = this.#lineEnds.lineOf(info.bytes - 1);
    const line = lastLine - cells.reduce((sum, cell) => sum + lineEndsIn(cell), 0);
    this.#lastLine = lastLine;
    this.#mark = info;
    if (!this.#names) this.#header(cells, line);
    else this.#row(this.#names, cells, line);
  }

  /** Nothing more can be read, from the row on that comes next. */
  refused(error: CsvError): void {
    const { empty_lines = 0, comment_lines = 0 } = error as Partial<Mark>;
    const between = empty_lines - this.#mark.empty_lines + comment_lines - this.#mark.comment_lines;
    const line = this.#lastLine + 1 + between;
    if (this.#names) this.#unreadableRow(line, reasonOf(error));
    else this.#note({ line, message: `the names of the columns cannot be read: ${reasonOf(error)}` });
  }

  result(): ForeignTable {
    const read = { ...this.#file, rows: this.#rows, unreadable: this.#unreadable, isExport: this.#isExport ?? false };
    const more =
      this.#unlisted === 1 ? '1 more problem of this file is' : `${this.#unlisted} more problems of this file are`;
    const rest = this.#unlisted > 0 ? [{ file: this.#file.name, message: `${more} not listed` }] : [];
    return { read, problems: [...this.#problems, ...rest] };
  }

  #header(cells: readonly string[], line: number): void {
    const { names, problems } = headerNames(cells);
    this.#names = names;
    for (const problem of problems) this.#note({ line, ...problem });
  }

  #row(names: readonly string[], cells: readonly string[], line: number): void {
    if (cells.length !== names.length) {
      this.#unreadableRow(line, inconsistent);
      return;
    }
    this.#rows++;
    this.#noteReplacements(names, cells, line);
    this.#take({ line, cells: Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) });
  }

  /** Once for a file: it will be the same in every other row. */
  #noteReplacements(names: readonly string[], cells: readonly string[], line: number): void {
    const index = this.#hasReplacements ? -1 : cells.findIndex((cell) => cell.includes('\ufffd'));
    if (index === -1) return;
    this.#hasReplacements = true;
    this.#note({ line, column: names[index] ?? '', message: notUtf8 });
  }

  #unreadableRow(line: number, message: string): void {
    this.#rows++;
    this.#unreadable++;
    this.#note({ line, message });
  }

  #note(problem: Omit<ForeignProblem, 'file'>): void {
    if (this.#problems.length < mostProblems) this.#problems.push({ file: this.#file.name, ...problem });
    else this.#unlisted++;
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && /^CSV_/.test((error as { code?: string }).code ?? '');
}

const notUtf8 = 'the file is not UTF-8: letters that could not be read are shown as \ufffd, here for the first time';
const inconsistent = 'the row has another number of cells than there are columns';
const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened here and never closed: what follows cannot be read',
  CSV_MAX_RECORD_SIZE: 'the row is larger than 8 MiB: nothing can be read from here on',
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
