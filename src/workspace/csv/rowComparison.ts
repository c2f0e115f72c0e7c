import type { Draft } from '../../core/draft.ts';
import type { Entity } from '../../core/entity.ts';
import { DtmError, isDtmError } from '../../core/errors.ts';
import { type EntityKind, entityIdPattern, kindOfId } from '../../core/ids.ts';
import type { CsvColumn } from './csvColumns.ts';
import type { OutsideRow, OutsideTable, TableProblem } from './outsideTable.ts';
import {
  type CellEdit,
  differingColumns,
  draftOf,
  editOf,
  type KnownRow,
  knownEntity,
  rowProblem,
  wholeEntity,
} from './rowCells.ts';

/** What a table is compared with. */
export interface KnownRows {
  /** The row as it was last written (or last taken in). */
  projected(id: string): KnownRow | undefined;
  /** Rows with that version that stood in the file before. */
  superseded(id: string, version: number): readonly KnownRow[];
  /** What the person sees. */
  visible(id: string): Entity | undefined;
  /** Whether it exists, or existed and was deleted. */
  isKnown(id: string): boolean;
  /** The files are the only place where the data are shared: a newer row is what a colleague committed. */
  readonly isLocal: boolean;
}

export interface RowEdit extends CellEdit {
  readonly line: number;
  readonly id: string;
}

/** A row for which there is no entity yet. */
export interface NewRow {
  readonly row: OutsideRow;
  readonly draft: Draft;
  /** The row as it is, where it came whole, with an id. */
  readonly entity: Entity | undefined;
}

/** A row whose version is no longer known. */
export interface UnknownRow extends RowEdit {
  /** What comes back if it is taken, where the entity was deleted. */
  readonly deleted: Entity | undefined;
}

/** What was done to a table, row by row. */
export interface Comparison {
  readonly edits: RowEdit[];
  /** Newer rows of a colleague, and the version that they follow. */
  readonly adopted: { readonly line: number; readonly entity: Entity }[];
  readonly created: NewRow[];
  readonly unknown: UnknownRow[];
  readonly problems: TableProblem[];
  /** Whether any row is older than what was last written: then the whole file is, and what it lacks says nothing. */
  isStale: boolean;
}

/** Finds out what somebody meant by the rows of a table. Rules: see "People edit CSV files" in docs/csv.md. */
export class RowComparer {
  readonly #kind: EntityKind;
  readonly #table: OutsideTable;
  readonly #known: KnownRows;
  readonly #ambiguous: ReadonlyMap<string, readonly number[]>;
  readonly #ignored = new Map<string, { line: number; count: number }>();
  readonly #result: Comparison = { edits: [], adopted: [], created: [], unknown: [], problems: [], isStale: false };

  constructor(kind: EntityKind, table: OutsideTable, known: KnownRows) {
    this.#kind = kind;
    this.#table = table;
    this.#known = known;
    this.#ambiguous = ambiguousIds(table.rows);
  }

  /** Compares one row. */
  add(row: OutsideRow): void {
    try {
      if (row.id === '') this.#created(row);
      else this.#compare(row);
    } catch (error) {
      if (!isDtmError(error)) throw error;
      this.#result.problems.push(rowProblem(this.#table, row.line, error));
    }
  }

  result(): Comparison {
    for (const [column, { line, count }] of this.#ignored) {
      const message = `${column} is kept by DTM: ${count === 1 ? 'a change' : `changes in ${count} rows`} there had no effect`;
      const cell = this.#table.names.indexOf(column);
      this.#result.problems.push({ line, column, cell, severity: 'warning', message });
    }
    return this.#result;
  }

  #compare(row: OutsideRow): void {
    if (!this.#hasOwnId(row)) return;
    const { id, version } = row;
    const projected = this.#known.projected(id);
    const visible = this.#known.visible(id);
    const isNewer = this.#known.isLocal && projected !== undefined && (version ?? 0) > projected.version;
    if (!projected && !this.#known.isKnown(id)) this.#created(row);
    else if (projected && (version ?? projected.version) === projected.version) this.#edited(row, projected);
    else if (visible && visible.version === version) this.#edited(row, knownEntity(visible));
    else if (isNewer) this.#newer(row, projected, visible);
    else this.#old(row, visible);
  }

  /** @returns false where what is wrong with it has been said */
  #hasOwnId(row: OutsideRow): boolean {
    const lines = this.#ambiguous.get(row.id);
    if (lines) {
      // Said once: somebody may have filled one id down over a thousand rows.
      if (lines[0] !== row.line) return false;
      const shown = lines.slice(0, 3).join(', ');
      const more = lines.length > 3 ? ` and ${lines.length - 3} more` : '';
      throw new DtmError('validation', `${row.id} stands in the lines ${shown}${more}, with different content`, {
        fields: [{ path: 'id', code: 'twice', message: 'stands twice' }],
        hint: 'Keep one of them; a row with an empty id becomes a new entry.',
      });
    }
    if (kindOfId(row.id) === this.#kind) return true;
    const reason = entityIdPattern.test(row.id) ? `is not the id of a ${this.#kind}` : 'is no id';
    throw new DtmError('validation', `${row.id} ${reason}`, {
      fields: [{ path: 'id', code: 'format', message: reason }],
      hint: 'Leave the cell empty for a new entry: DTM fills it in.',
    });
  }

  #created(row: OutsideRow): void {
    if (row.cells.every((cell) => cell.trim() === '')) return;
    const entity = row.id === '' ? undefined : wholeEntity(this.#kind, this.#table, row);
    this.#result.created.push({ row, draft: draftOf(this.#kind, this.#table, row), entity });
  }

  #edited(row: OutsideRow, known: KnownRow): void {
    const differing = differingColumns(this.#kind, this.#table, row, known);
    if (differing.length === 0) return;
    for (const column of differing) if (!column.editable) this.#ignore(column, row.line);
    const edit = this.#editOf(row, known, differing);
    if (Object.keys(edit.after).length > 0) this.#result.edits.push({ line: row.line, id: row.id, ...edit });
  }

  /** A colleague's row is taken as it is, unless the entity was changed here as well. */
  #newer(row: OutsideRow, projected: KnownRow, visible: Entity | undefined): void {
    const isUnchanged = visible?.version === projected.version && this.#isWrittenAnew(row, projected);
    const entity = isUnchanged ? wholeEntity(this.#kind, this.#table, row) : undefined;
    if (entity) this.#result.adopted.push({ line: row.line, entity });
    else this.#edited(row, projected);
  }

  /** DTM changes the time with each version: without that, somebody wrote another number. */
  #isWrittenAnew(row: OutsideRow, projected: KnownRow): boolean {
    const differing = differingColumns(this.#kind, this.#table, row, projected);
    return differing.some(({ field }) => field === 'updatedAt');
  }

  /** Only what differs from the version that it was copied from is an edit. */
  #old(row: OutsideRow, visible: Entity | undefined): void {
    this.#result.isStale = true;
    const before = this.#nearest(row);
    if (before && (visible || differingColumns(this.#kind, this.#table, row, before).length === 0)) {
      this.#edited(row, before);
      return;
    }
    const now = visible && knownEntity(visible);
    const edit = now
      ? this.#editOf(row, now, differingColumns(this.#kind, this.#table, row, now))
      : { before: {}, after: draftOf(this.#kind, this.#table, row) };
    const deleted = visible ? undefined : wholeEntity(this.#kind, this.#table, row);
    if (Object.keys(edit.after).length > 0) this.#result.unknown.push({ line: row.line, id: row.id, deleted, ...edit });
  }

  /** A change that waited was written with the version before it: of several rows the most similar one was copied. */
  #nearest(row: OutsideRow): KnownRow | undefined {
    const candidates = this.#known.superseded(row.id, row.version ?? 0);
    const distance = (known: KnownRow) => differingColumns(this.#kind, this.#table, row, known).length;
    // The oldest of those that are equally near: rather a question too much than an older copy that overwrites.
    return candidates.toSorted((a, b) => distance(a) - distance(b))[0];
  }

  #editOf(row: OutsideRow, known: KnownRow, columns: readonly CsvColumn[]): CellEdit {
    const editable = columns.filter((column) => column.editable);
    return editOf(this.#kind, this.#table, row, known, editable);
  }

  #ignore({ name }: CsvColumn, line: number): void {
    const known = this.#ignored.get(name);
    this.#ignored.set(name, { line: known?.line ?? line, count: (known?.count ?? 0) + 1 });
  }
}

/** Ids of rows that contradict each other; a row that was only repeated does no harm. */
function ambiguousIds(rows: readonly OutsideRow[]): ReadonlyMap<string, readonly number[]> {
  const byId = new Map<string, OutsideRow>();
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const first = byId.get(row.id);
    if (row.id === '') continue;
    if (!first) byId.set(row.id, row);
    else if (found.has(row.id) || row.cells.some((cell, place) => cell !== first.cells[place]))
      noteLine(found, row.id, first.line, row.line);
  }
  return found;
}

function noteLine(found: Map<string, number[]>, id: string, first: number, line: number): void {
  const lines = found.get(id);
  if (lines) lines.push(line);
  else found.set(id, [first, line]);
}
