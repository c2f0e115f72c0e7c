import Table from 'cli-table3';
import type { Colors } from './colors.ts';
import { oneLine, shortened, widthOf } from './plainText.ts';

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** Where the screen is narrow: `keep` whole, `shrink` (…), or `omit` the column; default `keep`. */
  readonly whenNarrow?: 'keep' | 'shrink' | 'omit';
  readonly color?: (text: string, colors: Colors) => string;
}

export interface TableLayout {
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined;
  readonly ellipsis: string;
  readonly colors: Colors;
}

export interface RenderedTable {
  readonly lines: readonly string[];
  /** Titles of columns that had no room. */
  readonly omitted: readonly string[];
  readonly shortened: boolean;
}

const gap = 2;
const leastShrunk = 24;

/** Lays rows out as a table without borders that is never wider than the terminal. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], layout: TableLayout): RenderedTable {
  const cells = columns.map((column) => rows.map((row) => oneLine(column.value(row))));
  const natural = columns.map((column, i) => widest([column.title, ...(cells[i] ?? [])]));
  const hasContent = cells.map((column) => column.some((text) => text !== ''));
  const shown = columnsThatFit(columns, natural, hasContent, layout.width);
  const widths = shrunk(columns, natural, shown, layout.width);
  const titles = shown.map((i) =>
    layout.colors.bold(shortened(columns[i]?.title ?? '', widths[i] ?? 0, layout.ellipsis)),
  );
  const body = rows.map((_, row) => shown.map((i) => cellText(columns[i], cells[i]?.[row], widths[i], layout)));
  return {
    lines: layOut(
      [titles, ...body],
      shown.map((i) => widths[i] ?? 0),
    ),
    omitted: columns.filter((_, i) => hasContent[i] && !shown.includes(i)).map((column) => column.title),
    shortened: shown.some((i) => (widths[i] ?? 0) < (natural[i] ?? 0)),
  };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}

function cellText<T>(column: Column<T> | undefined, text = '', width = 0, layout: TableLayout): string {
  const fitted = shortened(text, width, layout.ellipsis);
  return column?.color ? column.color(fitted, layout.colors) : fitted;
}

/** Leaves out omittable columns from the right until the rest fits, with shrinkable ones at their least. */
function columnsThatFit<T>(
  columns: readonly Column<T>[],
  natural: readonly number[],
  hasContent: readonly boolean[],
  width = Number.POSITIVE_INFINITY,
): readonly number[] {
  const least = (i: number) =>
    columns[i]?.whenNarrow === 'shrink' ? Math.min(natural[i] ?? 0, leastShrunk) : (natural[i] ?? 0);
  const needed = (shown: readonly number[]) => total(shown.map(least));
  // On a screen a column without content is only in the way; elsewhere the columns are always the same.
  const isEmpty = (i: number) => columns[i]?.whenNarrow === 'omit' && !hasContent[i];
  let shown = columns.map((_, i) => i).filter((i) => !Number.isFinite(width) || !isEmpty(i));
  while (needed(shown) > width) {
    const omittable = shown.filter((i) => columns[i]?.whenNarrow === 'omit').at(-1);
    if (omittable === undefined) break;
    shown = shown.filter((i) => i !== omittable);
  }
  return shown;
}

/** Takes what is too much from the shrinkable columns, the widest first; at last from the rightmost column. */
function shrunk<T>(
  columns: readonly Column<T>[],
  natural: readonly number[],
  shown: readonly number[],
  width = Number.POSITIVE_INFINITY,
): number[] {
  const widths = [...natural];
  const shrinkable = shown.filter((i) => columns[i]?.whenNarrow === 'shrink');
  for (let excess = total(shown.map((i) => widths[i] ?? 0)) - width; excess > 0; excess--) {
    const first = shrinkable[0] ?? -1;
    const largest = shrinkable.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), first);
    const victim = (widths[largest] ?? 0) > 1 ? largest : (shown.at(-1) ?? 0);
    widths[victim] = Math.max(1, (widths[victim] ?? 0) - 1);
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}

const sides = ['top', 'bottom', 'left', 'right'];
const borders = [...sides.flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])];
const noBorders = Object.fromEntries(
  [...borders, 'mid', 'left-mid', 'mid-mid', 'right-mid', 'middle'].map((name) => [name, '']),
);
/** The library lays out a table in time that grows with the square of its rows. */
const rowsPerPart = 200;

function layOut(rows: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += rowsPerPart) {
    lines.push(...layOutPart(rows.slice(start, start + rowsPerPart), widths));
  }
  return lines;
}

function layOutPart(rows: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const table = new Table({
    chars: noBorders,
    colWidths: widths.map((width) => width + gap),
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
