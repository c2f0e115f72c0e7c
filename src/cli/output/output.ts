import type { DtmError } from '../../core/errors.ts';
import type { GateVerdict } from '../../core/gates/verdict.ts';
import type { Notice } from '../../core/ports.ts';
import type { Format } from '../globalOptions.ts';
import { type Colors, colorsFor } from './colors.ts';
import { errorDocument, type Fields, itemDocument, listDocument, type Provenance } from './document.ts';
import { manyLines, oneLine } from './plainText.ts';
import type { Column } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Where text goes; the process's own streams, or a test's. */
export interface Sink {
  write(text: string): void;
}

/** A list as every format needs it. */
export interface Listing<T> {
  readonly kind: string;
  readonly rows: readonly T[];
  /** How many there are, whatever the limit. */
  readonly total: number;
  readonly columns: readonly Column<T>[];
  readonly fieldsOf: (row: T) => Fields;
  /** The names of those fields, for the header row of CSV. */
  readonly fieldNames: readonly string[];
  readonly idOf: (row: T) => string;
  /** What to say instead of an empty table. */
  readonly whenEmpty: string;
  readonly moreHint: string;
}

/** One thing as every format needs it. */
export interface Item {
  readonly kind: string;
  readonly fields: Fields | null;
  readonly id: string;
  /** What a person reads. */
  readonly text: string;
  /** What the quality gates object to; said in every format. */
  readonly warnings?: readonly GateVerdict[];
}

/** How long a person waits without wondering. */
const noticeableMs = 300;

/** The only place that prints: data to stdout, everything else to stderr. */
export class Output {
  readonly format: Format;
  readonly colors: Colors;
  readonly messageColors: Colors;
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #terminal: Terminal;
  readonly #errTerminal: Terminal;

  constructor(
    format: Format,
    out: { readonly sink: Sink; readonly terminal: Terminal },
    err: { readonly sink: Sink; readonly terminal: Terminal },
  ) {
    this.format = format;
    this.#out = out.sink;
    this.#err = err.sink;
    this.#terminal = out.terminal;
    this.#errTerminal = err.terminal;
    this.colors = colorsFor(out.terminal.colors);
    this.messageColors = colorsFor(err.terminal.colors);
  }

  async list<T>(listing: Listing<T>, from: Provenance): Promise<void> {
    const { rows } = listing;
    if (this.format === 'json') this.#json(listDocument(listing.kind, from, rows.map(listing.fieldsOf), listing.total));
    else if (this.format === 'ndjson') for (const row of rows) this.#line(JSON.stringify(listing.fieldsOf(row)));
    else if (this.format === 'quiet') for (const row of rows) this.#line(listing.idOf(row));
    else if (this.format === 'csv') await this.#csv(rows.map(listing.fieldsOf), listing.fieldNames);
    else await this.#table(listing);
    if (rows.length < listing.total) {
      // Said with --quiet too: nothing is left out in silence.
      this.#note(`showing ${rows.length} of ${listing.total}; ${listing.moreHint}`);
    }
  }

  async item(item: Item, from: Provenance, error?: DtmError): Promise<void> {
    if (this.format === 'json') this.#json(itemDocument(item, from, error));
    else if (this.format === 'ndjson') this.#line(JSON.stringify(item.fields));
    else if (this.format === 'quiet') this.#line(item.id);
    else if (this.format === 'csv') await this.#csv(item.fields ? [item.fields] : [], Object.keys(item.fields ?? {}));
    else this.#line(item.text);
    for (const { gate, sentence } of item.warnings ?? []) this.warn(`${sentence} (${gate})`);
  }

  /** Ready text, such as CSV or help. */
  raw(text: string): void {
    this.#out.write(text);
  }

  /**
   * Says on a terminal what the person waits for, once it takes longer than a moment.
   * @returns what `work` gives
   */
  async waiting<T>(text: string, work: Promise<T>): Promise<T> {
    if (!this.#errTerminal.isTerminal || this.format === 'quiet') return work;
    let shown = false;
    const timer = setTimeout(() => {
      shown = true;
      this.#err.write(this.messageColors.dim(`${oneLine(text)}...`));
    }, noticeableMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      if (shown) this.#err.write('\r\u001b[K');
    }
  }

  /** Something to know that is not the answer. */
  note(text: string): void {
    if (this.format !== 'quiet') this.#note(text);
  }

  warn(text: string, hint?: string): void {
    this.#message(this.messageColors.yellow('warning:'), text);
    if (hint !== undefined) this.hint(hint);
  }

  /** What the person can do about it. */
  hint(text: string): void {
    this.#message(this.messageColors.dim('hint:'), text);
  }

  notice(notice: Notice): void {
    const isNamed = notice.file === undefined || notice.message.includes(notice.file.replace(/^.*[\\/]/, ''));
    const file = isNamed ? '' : ` (${notice.file})`;
    this.warn(`${notice.message}${file}`, notice.hint);
  }

  /** Says what went wrong and what to do; with `--json` the document on stdout says it too. */
  error(error: DtmError, details: { readonly document: boolean; readonly stack: string | undefined }): void {
    if (details.document && this.format === 'json') this.#json(errorDocument(error));
    const { hint } = error;
    this.#message(this.messageColors.red('error:'), error.message);
    if (error.fields.length > 1) for (const field of error.fields) this.#message(`  ${field.path}:`, field.message);
    if (hint !== undefined) this.hint(hint);
    if (details.stack !== undefined) this.#err.write(`${details.stack}\n`);
  }

  /** A line of `--verbose`. */
  trace(text: string): void {
    this.#err.write(`${this.messageColors.dim(oneLine(text))}\n`);
  }

  async #table<T>(listing: Listing<T>): Promise<void> {
    if (listing.rows.length === 0) {
      this.note(listing.whenEmpty);
      return;
    }
    const ellipsis = this.#terminal.unicode ? '…' : '...';
    const { width } = this.#terminal;
    const { renderTable } = await import('./table.ts');
    const table = renderTable(listing.rows, listing.columns, { width, ellipsis, colors: this.colors });
    for (const line of table.lines) this.#line(line);
    if (table.omitted.length > 0) {
      this.note(`no room for ${table.omitted.join(', ')}; widen the terminal, or choose with --fields`);
    }
    if (table.shortened) this.note(`${ellipsis} stands for text that had no room; show prints it whole`);
  }

  async #csv(rows: readonly Fields[], names: readonly string[]): Promise<void> {
    const { csvOf } = await import('./csv.ts');
    this.#out.write(csvOf(names, rows));
  }

  #json(document: Fields): void {
    this.#out.write(`${JSON.stringify(document, undefined, 2)}\n`);
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }

  #note(text: string): void {
    this.#message(this.messageColors.dim('note:'), text);
  }

  #message(label: string, text: string): void {
    this.#err.write(`${label} ${manyLines(text)}\n`);
  }
}
