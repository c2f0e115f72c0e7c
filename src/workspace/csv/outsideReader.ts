import { setImmediate } from 'node:timers/promises';
import {
  type CsvAnswer,
  type CsvProblem,
  type CsvReport,
  decidesMissing,
  decidesStale,
  emptyCsvReport,
  type StaleRow,
  type Undeletable,
} from '../../core/csvEdits.ts';
import type { Entity } from '../../core/entity.ts';
import type { Author } from '../../core/expand.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import type { VisibleState } from '../../core/ports.ts';
import { compareCodePoints } from '../../core/text.ts';
import { wireName } from '../../core/wire.ts';
import { csvColumns } from './csvColumns.ts';
import type { PresentFile } from './csvFiles.ts';
import { type ExtraColumns, recordsText } from './csvTable.ts';
import { EditTaker } from './editTaker.ts';
import {
  extraColumnsOf,
  type OutsideRow,
  type OutsideTable,
  readOutsideTable,
  type TableProblem,
} from './outsideTable.ts';
import { contentOf, type ProjectedRows } from './projectedRows.ts';
import type { ProjectionMemory } from './projectionMemory.ts';
import { type KnownRow, knownRow } from './rowCells.ts';
import { type Comparison, RowComparer, type RowEdit } from './rowComparison.ts';

/** The tracker that edits of the files are for. */
export interface EditedTracker {
  readonly visible: VisibleState;
  readonly isKnown: (id: string) => boolean;
  /** No server: what a colleague committed is found in the files. */
  readonly isLocal: boolean;
  /** Who edited: the files do not say. */
  readonly account: string;
  readonly now: () => string;
  readonly newId: () => string;
}

/** What is to be done about the files, and what is left to say. */
export interface Reading {
  readonly operations: readonly Operation[];
  readonly adopted: readonly Entity[];
  readonly report: CsvReport;
  /** Entities that were to be deleted and cannot be. */
  readonly undeletable: readonly Undeletable[];
  /** Files that may be written anew: everything in them is settled. Their hashes. */
  readonly settled: ReadonlyMap<EntityKind, string>;
  /** Columns that somebody added to settled files. */
  readonly extras: ReadonlyMap<EntityKind, ExtraColumns>;
  /** To be called once the operations are durable: the same edit is not taken twice. */
  readonly keep: () => Promise<void>;
}

const rowsPerTurn = 2_000;

/** Reads what was done to the files since they were last written. */
export class OutsideReader {
  readonly #memory: ProjectionMemory;
  readonly #rows: ProjectedRows;

  constructor(memory: ProjectionMemory, rows: ProjectedRows) {
    this.#memory = memory;
    this.#rows = rows;
  }

  /** Finds out what was meant. Changes nothing. */
  async read(changed: readonly PresentFile[], tracker: EditedTracker, answer: CsvAnswer): Promise<Reading> {
    const tables: EditedTable[] = [];
    for (const file of changed) tables.push(await this.#compare(file, tracker));
    const author = authorOf(tracker);
    const taker = new EditTaker({ ...tracker, author });
    for (const table of tables) {
      const { kind, comparison, place } = table;
      taker.adopt(comparison.adopted, place);
      const named = comparison.created.filter(({ row }) => row.id !== '');
      const whole = tracker.isLocal ? named.filter(({ entity }) => entity) : [];
      taker.adopt(
        whole.flatMap(({ row, entity }) => (entity && !tracker.isKnown(entity.id) ? [{ line: row.line, entity }] : [])),
        place,
      );
      const others = whole.length === 0 ? named : named.filter((row) => !whole.includes(row));
      table.taken.push(...[...taker.create(kind, others, '', place).keys()].map(({ line }) => line));
      table.taken.push(...whole.map(({ row }) => row.line));
    }
    for (const table of tables) await this.#takeEdits(taker, table, answer);
    const decided = tables.flatMap((table) => table.missing).filter(({ id }) => decidesMissing(answer, id));
    const undeletable = answer.missing === 'delete' ? taker.delete(decided) : [];
    for (const table of tables) this.#takeNew(taker, table, answer);
    return {
      operations: taker.operations,
      adopted: taker.adopted,
      report: reportOf(tables, answer),
      undeletable,
      settled: new Map(tables.filter((table) => isSettled(table, answer)).map(({ kind, file }) => [kind, file.hash])),
      extras: new Map(tables.map((table) => [table.kind, extraColumnsOf(table.place.table, table.ids)])),
      keep: () => this.#keep(tables),
    };
  }

  async #compare(file: PresentFile, tracker: EditedTracker): Promise<EditedTable> {
    const { kind } = file;
    const base = await this.#rows.base(kind, this.#memory.of(kind).base);
    const marker = mergeMarker(file.bytes, base);
    const table = marker ? conflictedTable(marker) : await readOutsideTable(kind, file.bytes);
    const projected = new Map(base?.rows.map((row) => [row.id, row]));
    const old = new Set(table.rows.filter((row) => isOther(row, projected.get(row.id))).map((row) => row.id));
    const superseded = await this.#rows.superseded(kind, old);
    const comparer = new RowComparer(kind, table, {
      projected: (id) => known(projected.get(id), base),
      superseded: (id, version) => (superseded.get(id) ?? []).filter((row) => row.version === version),
      visible: (id) => tracker.visible.get(kind, id),
      isKnown: tracker.isKnown,
      isLocal: tracker.isLocal,
    });
    for (const [index, row] of table.rows.entries()) {
      comparer.add(row);
      if (index % rowsPerTurn === 0) await setImmediate();
    }
    const comparison = comparer.result();
    const again = takenBefore(comparison, table, await this.#rows.given(kind), tracker);
    comparison.isStale ||= again.size > 0;
    const problems = [...table.problems, ...comparison.problems];
    // A row whose id cannot be read may be any of those that seem to be gone.
    const isSure = table.isWhole && !comparison.isStale && problems.every(({ column }) => column !== 'id');
    const missing = isSure ? missingOf(kind, table, projected, tracker) : [];
    const place = { table, problems };
    return { kind, file, comparison, place, projected, base, missing, taken: [], again, ids: again };
  }

  async #takeEdits(
    taker: EditTaker,
    { kind, comparison, place, taken }: EditedTable,
    answer: CsvAnswer,
  ): Promise<void> {
    const later: RowEdit[] = [];
    for (const [index, edit] of comparison.edits.entries()) {
      if (taker.edit(kind, edit, { ...place, problems: [] })) taken.push(edit.line);
      else later.push(edit);
      if (index % rowsPerTurn === 0) await setImmediate();
    }
    // Two rows that refer to each other the other way round are right only one after the other.
    for (const edit of later) if (taker.edit(kind, edit, place)) taken.push(edit.line);
    const decided = comparison.unknown.filter((row) => decidesStale(answer, staleFields(row)));
    if (answer.stale === 'take') for (const row of decided) taker.restore(kind, row, place);
    taken.push(...comparison.adopted.map(({ line }) => line));
  }

  /** Rows without an id are known again only once they have been written with one: so they wait for the rest. */
  #takeNew(taker: EditTaker, table: EditedTable, answer: CsvAnswer): void {
    const { kind, comparison, place } = table;
    const fresh = comparison.created.filter(({ row }) => row.id === '');
    const [first] = fresh;
    if (!first) return;
    if (isSettled(table, answer)) {
      const made = taker.createAll(kind, fresh, this.#memory.of(kind).written ?? '', place);
      table.ids = new Map([...table.again, ...made]);
      return;
    }
    const rows = fresh.length === 1 ? 'this new row is' : `${fresh.length} new rows are`;
    const message = `${rows} taken in once everything else in this file is settled`;
    place.problems.push({ line: first.row.line, severity: 'warning', message });
  }

  async #keep(tables: readonly EditedTable[]): Promise<void> {
    for (const table of tables) {
      const { kind, again, ids, taken } = table;
      await this.#rows.keepGiven(kind, new Map([...ids].filter(([row]) => !again.has(row))));
      if (taken.length === 0) continue;
      const text = mergedBase(table);
      const before = await this.#rows.baseText(kind);
      if (before !== undefined) await this.#rows.supersede(kind, before, text);
      const base = await this.#rows.keepBase(kind, text);
      await this.#memory.keep(kind, { ...this.#memory.of(kind), base });
    }
  }
}

/** A file, and what was found about it. */
interface EditedTable {
  readonly kind: EntityKind;
  readonly file: PresentFile;
  readonly comparison: Comparison;
  readonly place: { readonly table: OutsideTable; readonly problems: TableProblem[] };
  readonly projected: ReadonlyMap<string, OutsideRow>;
  readonly base: OutsideTable | undefined;
  readonly missing: readonly Entity[];
  /** Lines whose edits are operations now. */
  readonly taken: number[];
  /** Rows without an id that were taken in before, and their ids. */
  readonly again: ReadonlyMap<OutsideRow, string>;
  /** What rows without one are called. */
  ids: ReadonlyMap<OutsideRow, string>;
}

function authorOf({ account, now, newId }: EditedTracker): Author {
  return { account, surface: 'outside-edit', reason: 'edited in the CSV files', now, newId };
}

function known(row: OutsideRow | undefined, table: OutsideTable | undefined): KnownRow | undefined {
  return row && table && knownRow(row, table);
}

function isOther(row: OutsideRow, projected: OutsideRow | undefined): boolean {
  return row.id !== '' && row.version !== undefined && row.version !== projected?.version;
}

function missingOf(
  kind: EntityKind,
  table: OutsideTable,
  projected: ReadonlyMap<string, OutsideRow>,
  { visible }: EditedTracker,
): Entity[] {
  const present = new Set(table.rows.map((row) => row.id));
  return [...projected.keys()].filter((id) => !present.has(id)).flatMap((id) => visible.get(kind, id) ?? []);
}

function isSettled({ place, comparison, missing }: EditedTable, answer: CsvAnswer): boolean {
  return (
    place.problems.every(({ severity }) => severity !== 'error') &&
    missing.every(({ id }) => decidesMissing(answer, id)) &&
    comparison.unknown.every((row) => decidesStale(answer, staleFields(row)))
  );
}

function reportOf(tables: readonly EditedTable[], answer: CsvAnswer): CsvReport {
  const problems = tables.flatMap(({ file, place }): CsvProblem[] =>
    place.problems.map((problem) => ({ path: file.path, ...problem })),
  );
  const missing = tables.flatMap((table) => table.missing).filter(({ id }) => !decidesMissing(answer, id));
  const stale = tables.flatMap(staleRows).filter((row) => !decidesStale(answer, row));
  return { ...emptyCsvReport, problems, missing, stale };
}

function staleFields({ id, after }: RowEdit): Pick<StaleRow, 'id' | 'fields'> {
  return { id, fields: Object.keys(after).map(wireName) };
}

/**
 * Rows without an id that were taken in before, and stand here again: a spreadsheet that was left open. They are no
 * longer among the new ones.
 */
function takenBefore(
  comparison: Comparison,
  table: OutsideTable,
  given: ReadonlyMap<string, readonly string[]>,
  { isKnown }: EditedTracker,
): ReadonlyMap<OutsideRow, string> {
  const again = new Map<OutsideRow, string>();
  if (given.size === 0) return again;
  const present = new Set(table.rows.map(({ id }) => id));
  for (const { row } of comparison.created) {
    const ids = row.id === '' ? (given.get(contentOf(row)) ?? []) : [];
    const id = ids.find((one) => !present.has(one) && isKnown(one));
    if (id === undefined) continue;
    present.add(id);
    again.set(row, id);
  }
  const left = comparison.created.filter(({ row }) => !again.has(row));
  comparison.created.splice(0, comparison.created.length, ...left);
  return again;
}

function staleRows({ kind, file, comparison }: EditedTable): StaleRow[] {
  return comparison.unknown.map(({ line, id, before, after }) => {
    const name = kind === 'task' ? 'title' : 'name';
    const label = String(before[name] ?? after[name] ?? id);
    return { path: file.path, line, kind, id, label, fields: Object.keys(after).map(wireName) };
  });
}

/** The rows as last written, with those that were taken over in their place. */
function mergedBase({ kind, base, place, taken, projected }: EditedTable): string {
  const columns = csvColumns[kind];
  const lines = new Set(taken);
  const rows = new Map<string, string[]>();
  for (const [id, row] of projected)
    rows.set(
      id,
      columns.map((column) => row.cells[base?.placeOf(column) ?? -1] ?? ''),
    );
  for (const row of place.table.rows) {
    if (!lines.has(row.line)) continue;
    const before = rows.get(row.id);
    rows.set(
      row.id,
      columns.map((column, index) => row.cells[place.table.placeOf(column)] ?? before?.[index] ?? ''),
    );
  }
  const sorted = [...rows].toSorted(([a], [b]) => compareCodePoints(a, b)).map(([, cells]) => cells);
  return recordsText([columns.map(({ name }) => name), ...sorted]);
}

/** Where version control left both sides of a conflict: such lines are not among those that we wrote. */
function mergeMarker(bytes: Buffer, base: OutsideTable | undefined): number | undefined {
  const text = bytes.toString('utf8');
  const match = /^<{7}(?: .*)?$/m.exec(text);
  if (!match || !/^>{7}(?: .*)?$/m.test(text)) return undefined;
  const isOurs = base?.rows.some((row) => row.cells.some((cell) => cell.includes(match[0])));
  return isOurs ? undefined : text.slice(0, match.index).split('\n').length;
}

function conflictedTable(line: number): OutsideTable {
  const message = 'version control left both sides of a merge conflict here; resolve it first';
  return {
    names: [],
    rows: [],
    problems: [{ line, severity: 'error', message }],
    isWhole: false,
    isCrlf: false,
    placeOf: () => -1,
    extras: [],
  };
}
