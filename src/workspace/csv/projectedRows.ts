import { createHash } from 'node:crypto';
import { appendFile, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityKind } from '../../core/ids.ts';
import { makeFolder, readIfExists, removeIfExists, undefinedIfMissing } from '../files.ts';
import { type OutsideRow, type OutsideTable, readOutsideTable } from './outsideTable.ts';
import { idOfRecord, recordsGone, versionOfRecord } from './recordTexts.ts';
import { type KnownRow, knownRow } from './rowCells.ts';

/** Of rows that were replaced, about so much is kept twice: the older half goes. */
const supersededBytes = 16 * 1024 * 1024;

/** A row of before, and the header that it stood under. */
type SupersededLine = readonly [id: string, version: number, header: string, record: string];

/**
 * Copies of what stood in the CSV files, in the workspace's state: what an edit is told from. They need not survive a
 * crash: where one is missing, the person is asked.
 */
export class ProjectedRows {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'projected');
  }

  /** The copy of a file as it was last written or taken in; undefined if it is not the one with that hash. */
  async base(kind: EntityKind, hash: string | undefined): Promise<OutsideTable | undefined> {
    const bytes = await readFile(this.#base(kind)).catch(undefinedIfMissing);
    if (!bytes || hashOf(bytes) !== hash) return undefined;
    return readOutsideTable(kind, bytes);
  }

  async hasBase(kind: EntityKind): Promise<boolean> {
    return (await stat(this.#base(kind)).catch(undefinedIfMissing)) !== undefined;
  }

  /** The text of the copy, if there is one. */
  baseText(kind: EntityKind): Promise<string | undefined> {
    return readIfExists(this.#base(kind));
  }

  /** Keeps a copy. @returns its hash */
  async keepBase(kind: EntityKind, text: string): Promise<string> {
    await makeFolder(this.#folder);
    const temporary = `${this.#base(kind)}.tmp`;
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, this.#base(kind));
    return hashOf(text);
  }

  /** The ids that rows without one were given when they were taken in, by what stood in them. */
  async given(kind: EntityKind): Promise<ReadonlyMap<string, readonly string[]>> {
    const text = (await readIfExists(this.#given(kind))) ?? '';
    const found = new Map<string, string[]>();
    for (const line of text.split('\n').slice(0, -1)) {
      const [content = '', id = ''] = line.split(' ');
      found.set(content, [...(found.get(content) ?? []), id]);
    }
    return found;
  }

  /** Remembers them: a spreadsheet that was left open writes the same rows again. */
  async keepGiven(kind: EntityKind, rows: ReadonlyMap<OutsideRow, string>): Promise<void> {
    if (rows.size === 0) return;
    await makeFolder(this.#folder);
    const lines = [...rows].map(([row, id]) => `${contentOf(row)} ${id}\n`);
    await appendFile(this.#given(kind), lines.join(''), { mode: 0o600 });
  }

  /** How the files looked when they were last known to be ours. */
  seen(): Promise<string | undefined> {
    return readIfExists(join(this.#folder, 'seen.txt'));
  }

  async keepSeen(signature: string): Promise<void> {
    // It only spares looking again, and there may be no place for it.
    await writeFile(join(this.#folder, 'seen.txt'), signature, { mode: 0o600 }).catch(() => undefined);
  }

  /** Keeps the rows of a text of ours that the one in its place does not have. */
  async supersede(kind: EntityKind, before: string, after: string): Promise<void> {
    const header = before.slice(0, before.indexOf('\n') + 1);
    const lines: string[] = [];
    for (const record of recordsGone(before, after)) {
      const line: SupersededLine = [idOfRecord(record), versionOfRecord(record), header, record];
      lines.push(`${lineText(line)}\n`);
    }
    if (lines.length === 0) return;
    await makeFolder(this.#folder);
    await this.#rotate(kind);
    await appendFile(this.#superseded(kind), lines.join(''), { mode: 0o600 });
  }

  /** Rows that stood in the file before, of these ids. */
  async superseded(kind: EntityKind, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, readonly KnownRow[]>> {
    const found = new Map<string, KnownRow[]>();
    const paths = ids.size === 0 ? [] : [this.#superseded(kind, '.old'), this.#superseded(kind)];
    for (const path of paths) {
      for await (const line of linesOf(path)) {
        const known = ids.has(idStarting(line)) ? await rowOf(kind, line) : undefined;
        if (known) found.set(known.id, [...(found.get(known.id) ?? []), known.row]);
      }
    }
    return found;
  }

  async #rotate(kind: EntityKind): Promise<void> {
    const size = (await stat(this.#superseded(kind)).catch(undefinedIfMissing))?.size ?? 0;
    if (size > supersededBytes) await rename(this.#superseded(kind), this.#superseded(kind, '.old'));
  }

  /** Nothing is told from rows of another tracker's data. */
  async forget(kind: EntityKind): Promise<void> {
    const copies = [this.#base(kind), this.#superseded(kind), this.#superseded(kind, '.old')];
    for (const path of [...copies, this.#given(kind)]) await removeIfExists(path);
  }

  #given(kind: EntityKind): string {
    return join(this.#folder, `${kind}-given.txt`);
  }

  #base(kind: EntityKind): string {
    return join(this.#folder, `${kind}.csv`);
  }

  #superseded(kind: EntityKind, suffix = ''): string {
    return join(this.#folder, `${kind}-before.jsonl${suffix}`);
  }
}

/** What stands in a row, however many empty cells a spreadsheet adds behind it. */
export function contentOf({ cells }: OutsideRow): string {
  return hashOf(JSON.stringify(cells).replace(/(,"")+\]$/, ']'));
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Readers of lines take these two for line ends, and JSON does not escape them. */
function lineText(line: SupersededLine): string {
  return JSON.stringify(line).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** Cheaply, so that only the few lines that are wanted are parsed. */
function idStarting(line: string): string {
  return line.slice(2, line.indexOf('"', 2));
}

async function rowOf(kind: EntityKind, line: string): Promise<{ id: string; row: KnownRow } | undefined> {
  try {
    const [id, , header, record] = JSON.parse(line) as SupersededLine;
    const table = await readOutsideTable(kind, Buffer.from(header + record));
    const [row] = table.rows;
    return row && { id, row: knownRow(row, table) };
  } catch {
    // The last line may be torn; a row that is not known leads to a question.
    return undefined;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path).catch(undefinedIfMissing);
  if (file) yield* file.readLines();
}
