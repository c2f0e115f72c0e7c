import { floatText } from './text.ts';
import { isList, PyDateTime, PyFloat, type Value } from './value.ts';

/** What no answer can carry: half a surrogate pair, or a number that is none. */
export class NotEncodable extends Error {}

/** JSON as an answer carries it: `json.dumps` without spaces and with Unicode as it is. @throws NotEncodable */
export function compactJson(value: Value): string {
  return dump(value, { comma: ',', colon: ':', text: unicodeText, float: finiteFloat });
}

function unicodeText(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new NotEncodable(JSON.stringify(text));
  return JSON.stringify(text);
}

function finiteFloat(value: number): string {
  if (!Number.isFinite(value)) throw new NotEncodable(String(value));
  return floatText(value);
}

/** JSON as the back end stores it: `json.dumps` with its defaults (spaces, ASCII only). */
export function pythonJson(value: Value): string {
  return dump(value, { comma: ', ', colon: ': ', text: asciiText, float: anyFloat });
}

type Style = {
  readonly comma: string;
  readonly colon: string;
  readonly text: (text: string) => string;
  readonly float: (value: number) => string;
};

function dump(value: Value, style: Style): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return style.text(value);
  if (value instanceof PyFloat) return style.float(value.value);
  if (value instanceof PyDateTime) return style.text(value.text);
  if (isList(value)) return `[${value.map((item) => dump(item, style)).join(style.comma)}]`;
  const entries = Object.entries(value).map(([key, item]) => `${style.text(key)}${style.colon}${dump(item, style)}`);
  return `{${entries.join(style.comma)}}`;
}

function anyFloat(value: number): string {
  return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[floatText(value)] ?? floatText(value);
}

function asciiText(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}
