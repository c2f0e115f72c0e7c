import stringWidth from 'string-width';

/** C0 and C1 controls, DEL, and the characters that turn the direction of writing around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach the terminal.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Most text; a hundred times faster to measure. */
const plainAscii = /^[ -~]*$/;
let graphemes: Intl.Segmenter | undefined;

/** Text as one line that cannot steer the terminal: white space becomes a blank, other controls a visible sign. */
export function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(unsafe, '\ufffd');
}

/** Text of several lines that cannot steer the terminal. */
export function manyLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(oneLine)
    .join('\n');
}

/** Columns that a text takes on the terminal. */
export function widthOf(text: string): number {
  return plainAscii.test(text) ? text.length : stringWidth(text);
}

/** Shortens a text to `width` columns at a grapheme's end; what was cut ends with `ellipsis`. */
export function shortened(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text;
  // Made when first needed: it takes milliseconds.
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let kept = '';
  let used = widthOf(ellipsis);
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept + ellipsis;
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
