import { floatText } from './text.ts';
import { isList, PyFloat, type Value } from './value.ts';

/** A text with half a surrogate pair, which no answer can carry. */
export class UnicodeEncodeError extends Error {}

/** JSON as an answer carries it: `json.dumps` without spaces and with Unicode as it is. @throws UnicodeEncodeError */
export function compactJson(value: Value): string {
  return dump(value, { comma: ',', colon: ':', text: unicodeText });
}

function unicodeText(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new UnicodeEncodeError(JSON.stringify(text));
  return JSON.stringify(text);
}

/** JSON as the back end stores it: `json.dumps` with its defaults (spaces, ASCII only). */
export function pythonJson(value: Value): string {
  return dump(value, { comma: ', ', colon: ': ', text: asciiText });
}

type Style = { readonly comma: string; readonly colon: string; readonly text: (text: string) => string };

function dump(value: Value, style: Style): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return style.text(value);
  if (value instanceof PyFloat) return jsonFloat(value.value);
  if (isList(value)) return `[${value.map((item) => dump(item, style)).join(style.comma)}]`;
  const entries = Object.entries(value).map(([key, item]) => `${style.text(key)}${style.colon}${dump(item, style)}`);
  return `{${entries.join(style.comma)}}`;
}

function jsonFloat(value: number): string {
  return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[floatText(value)] ?? floatText(value);
}

function asciiText(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}
