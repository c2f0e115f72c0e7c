/** A part of one line: columns in UTF-16 units, the first inclusive, the second exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a cell of a CSV record stands in the record's first line.
 * @param cell 0 is the first; without one, or where it begins on a later line, the whole line is meant
 */
export function cellSpan(line: string, cell: number | undefined): Span {
  const whole = { start: 0, end: line.length };
  if (cell === undefined) return whole;
  let start = 0;
  for (let index = 0; index < cell; index++) {
    const comma = endOfCell(line, start);
    if (comma >= line.length) return whole;
    start = comma + 1;
  }
  const end = endOfCell(line, start);
  // An empty cell still needs a place to point at.
  return end > start ? { start, end } : { start: Math.max(0, start - 1), end: Math.min(line.length, end + 1) };
}

/** The place of the comma behind a cell, or the end of the line. */
function endOfCell(line: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') isQuoted = !isQuoted;
    else if (line[at] === ',' && !isQuoted) return at;
  }
  return line.length;
}
