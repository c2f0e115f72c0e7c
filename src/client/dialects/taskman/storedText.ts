import { isStorableText } from '../../../core/text.ts';

/** TaskMan-v2 strips the white space of Unicode around every text; JavaScript's own `trim` knows another set of it. */
const outerSpace = /^[\s\u0085\ufeff]+|[\s\u0085\ufeff]+$/g;
/** WORD JOINER: no one sees it, and no JSON begins with it. */
const pad = '\u2060';
/** Python's JSON has numbers that the standard does not know. */
const pythonNumber = /-?\b(?:NaN|Infinity)\b/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const unstorable = /[\u0000\ud800-\udfff]/gu;

export function trimmed(text: string): string {
  return text.replace(outerSpace, '');
}

/**
 * The form in which TaskMan-v2 can keep a text. It takes a text that is a JSON array or object as a whole for data, and
 * can then show neither that row nor any list with it: an invisible character before it prevents that. It is padded, and
 * not refused, because a refusal would come long after the person went on working offline.
 */
export function storedText(text: string): string {
  return isTakenForData(text) ? `${pad}${trimmed(text)}` : text;
}

/** A text as people wrote it. */
export function readText(stored: string): string {
  return stored.startsWith(pad) && isTakenForData(stored.slice(1)) ? stored.slice(1) : stored;
}

/** Whether two texts are the same once TaskMan-v2 has stored them. */
export function isSameText(a: string, b: string): boolean {
  return a === b || trimmed(readText(a)) === trimmed(readText(b));
}

/** What of a text fits into `max` characters and every store of ours. */
export function fittingText(text: string, max: number): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  return isStorableText(cut) ? cut : cut.replace(unstorable, '\ufffd');
}

function isTakenForData(text: string): boolean {
  const inner = trimmed(text);
  if (!/^(?:\[[\s\S]*\]|\{[\s\S]*\})$/.test(inner)) return false;
  try {
    JSON.parse(inner.replace(pythonNumber, '0'));
    return true;
  } catch {
    return false;
  }
}
