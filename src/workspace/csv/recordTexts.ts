import { compareCodePoints } from '../../core/text.ts';

/** One record of a text that we wrote, as it stands there. */
interface RecordText {
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
}

/**
 * The records of one text of ours that another one does not have, in the order of their ids. Both are sorted by id, and
 * most records of two texts that follow each other are the same: nothing is parsed.
 */
export function* recordsGone(before: string, after: string): Generator<string> {
  let old = recordAt(before, recordAt(before, 0).end);
  let now = recordAt(after, recordAt(after, 0).end);
  while (old.start < before.length) {
    const text = before.slice(old.start, old.end);
    const isSame = after.startsWith(text, now.start) && now.start + text.length === now.end;
    const order = isSame
      ? 0
      : compareCodePoints(idAt(before, old), now.start < after.length ? idAt(after, now) : '\u{10ffff}');
    if (order <= 0) {
      if (!isSame) yield text;
      old = recordAt(before, old.end);
    }
    if (order >= 0) now = recordAt(after, now.end);
  }
}

/** The id is the first cell, and needs no quotes. */
export function idOfRecord(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf(',')));
}

/** The version is the last cell, and needs no quotes. */
export function versionOfRecord(text: string): number {
  return Number(text.slice(text.lastIndexOf(',') + 1));
}

function idAt(text: string, { start }: RecordText): string {
  return text.slice(start, text.indexOf(',', start));
}

/** A record ends at the first line end that does not stand within quotes. */
function recordAt(text: string, start: number): RecordText {
  let end = start;
  let isOpen = false;
  do {
    const next = text.indexOf('\n', end);
    const stop = next < 0 ? text.length : next + 1;
    if (hasOddQuotes(text.slice(end, stop))) isOpen = !isOpen;
    end = stop;
  } while (isOpen && end < text.length);
  return { start, end };
}

function hasOddQuotes(line: string): boolean {
  let isOdd = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}
