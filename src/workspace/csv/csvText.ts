import { setImmediate } from 'node:timers/promises';
import { type CsvError, parse } from 'csv-parse';

/** A record of a CSV text, as it stands there. */
export interface CsvRecord {
  /** Where it begins; 1 is the first line of the file. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A part of a CSV text that is no record. */
export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

export interface CsvText {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly CsvFault[];
}

const largestRecord = 8 * 1024 * 1024;
const chunkSize = 256 * 1024;
/** Each fault is a new start of the parser; a file with more of them is no table. */
const mostFaults = 20;

/**
 * Reads CSV (RFC 4180; also with BOM, CRLF, lone CR). What cannot be read is a fault, and reading goes on at the line
 * after the one where the broken record began.
 */
export async function readCsvText(bytes: Buffer): Promise<CsvText> {
  const records: CsvRecord[] = [];
  const faults: CsvFault[] = [];
  let place = { offset: 0, line: 1 };
  while (place.offset < bytes.length) {
    const end = await readUntilFault(bytes, place, records);
    if (end.error === undefined) break;
    faults.push({ line: end.line, message: reasonOf(end.error) });
    const next = bytes.indexOf('\n', end.offset);
    if (next < 0 || faults.length >= mostFaults) break;
    place = { offset: next + 1, line: end.line + 1 };
  }
  return { records, faults };
}

interface Place {
  /** In bytes. */
  readonly offset: number;
  readonly line: number;
}

/** @returns where the last whole record ends, and what is wrong behind it */
async function readUntilFault(bytes: Buffer, from: Place, records: CsvRecord[]): Promise<Place & { error?: CsvError }> {
  let { offset, line } = from;
  const take = (cells: string[], { lines, bytes: read }: { readonly lines: number; readonly bytes: number }) => {
    const isBlank = cells.length === 1 && cells[0] === '';
    if (!isBlank) records.push({ line, cells });
    offset = from.offset + read;
    line = from.line + lines;
    // Kept here: what waits in the parser's own buffer is thrown away when it fails.
    return null;
  };
  const parser = parse({
    bom: true,
    max_record_size: largestRecord,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    on_record: take,
  });
  try {
    await feed(parser, bytes.subarray(from.offset));
    return { offset, line };
  } catch (error) {
    if (!isCsvError(error)) throw error;
    return { offset, line, error };
  }
}

/** Chunk by chunk, so that nothing else has to wait for a large file. */
async function feed(parser: ReturnType<typeof parse>, bytes: Buffer): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    parser.once('end', resolve).once('error', reject).resume();
  });
  // Awaited below; until then a failure is no unhandled one.
  done.catch(() => undefined);
  for (let start = 0; start < bytes.length && !parser.destroyed; start += chunkSize) {
    parser.write(bytes.subarray(start, start + chunkSize));
    await setImmediate();
  }
  if (!parser.destroyed) parser.end();
  await done;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && /^(CSV|INVALID)_/.test((error as { code?: string }).code ?? '');
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened here and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something stands behind a closing quote; a quote within a quoted cell is written twice',
  CSV_MAX_RECORD_SIZE: 'the row is larger than 8 MiB; is a quote missing?',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a cell; quote the whole cell, and write the quote twice',
};

function reasonOf(error: CsvError): string {
  return reasons[error.code] ?? error.message.replace(/ at line \d+.*$/s, '');
}
