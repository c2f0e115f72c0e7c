import { PyFloat, type Value } from './value.ts';

/** What `json.loads` raises, with its message and the index of the character. */
export class JsonDecodeError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * `json.loads` of Python 3.11: the same values, messages and positions; NaN and Infinity are values.
 * @throws JsonDecodeError
 */
export function parseJson(text: string): Value {
  const scanner = new Scanner(text);
  const value = scanner.value(scanner.space(0));
  const end = scanner.space(scanner.at);
  if (end !== text.length) throw new JsonDecodeError('Extra data', end);
  return value;
}

const spaces = /[ \t\n\r]*/y;
const numbers = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const words: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new PyFloat(Number.NaN)],
  ['Infinity', new PyFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', new PyFloat(Number.NEGATIVE_INFINITY)],
];
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Scanner {
  /** Where the last value ended. */
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  space(from: number): number {
    spaces.lastIndex = from;
    spaces.exec(this.#text);
    return spaces.lastIndex;
  }

  value(from: number): Value {
    const first = this.#text[from];
    if (first === '"') return this.#string(from);
    if (first === '{') return this.#object(from);
    if (first === '[') return this.#array(from);
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, from)) continue;
      this.at = from + word.length;
      return value;
    }
    return this.#number(from);
  }

  #number(from: number): Value {
    numbers.lastIndex = from;
    const match = numbers.exec(this.#text);
    if (!match) throw new JsonDecodeError('Expecting value', from);
    this.at = from + match[0].length;
    const isFloat = match[1] !== undefined || match[2] !== undefined;
    return isFloat ? new PyFloat(Number(match[0])) : Number(match[0]);
  }

  #array(from: number): Value {
    const items: Value[] = [];
    let index = this.space(from + 1);
    if (this.#text[index] === ']') {
      this.at = index + 1;
      return items;
    }
    for (;;) {
      items.push(this.value(index));
      index = this.space(this.at);
      if (this.#text[index] === ']') break;
      if (this.#text[index] !== ',') throw new JsonDecodeError("Expecting ',' delimiter", index);
      index = this.space(index + 1);
    }
    this.at = index + 1;
    return items;
  }

  #object(from: number): Value {
    const entries: [string, Value][] = [];
    let index = this.space(from + 1);
    if (this.#text[index] === '}') {
      this.at = index + 1;
      return {};
    }
    for (;;) {
      entries.push(this.#entry(index));
      index = this.space(this.at);
      if (this.#text[index] === '}') break;
      if (this.#text[index] !== ',') throw new JsonDecodeError("Expecting ',' delimiter", index);
      index = this.space(index + 1);
    }
    this.at = index + 1;
    return Object.fromEntries(entries);
  }

  #entry(from: number): [string, Value] {
    if (this.#text[from] !== '"') {
      throw new JsonDecodeError('Expecting property name enclosed in double quotes', from);
    }
    const key = this.#string(from);
    const colon = this.space(this.at);
    if (this.#text[colon] !== ':') throw new JsonDecodeError("Expecting ':' delimiter", colon);
    return [key, this.value(this.space(colon + 1))];
  }

  #string(from: number): string {
    let result = '';
    let index = from + 1;
    for (;;) {
      const character = this.#text[index];
      if (character === undefined) throw new JsonDecodeError('Unterminated string starting at', from);
      if (character === '"') break;
      if (character < ' ') throw new JsonDecodeError('Invalid control character at', index);
      if (character === '\\') {
        result += this.#escape(index, from);
        index = this.at;
      } else {
        result += character;
        index += 1;
      }
    }
    this.at = index + 1;
    return result;
  }

  #escape(backslash: number, start: number): string {
    const letter = this.#text[backslash + 1];
    if (letter === undefined) throw new JsonDecodeError('Unterminated string starting at', start);
    if (letter === 'u') return this.#unicode(backslash + 1);
    const meant = escapes[letter];
    if (meant === undefined) throw new JsonDecodeError('Invalid \\escape: ', backslash);
    this.at = backslash + 2;
    return meant;
  }

  #unicode(from: number): string {
    const digits = this.#text.slice(from + 1, from + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonDecodeError('Invalid \\uXXXX escape', from + 1);
    this.at = from + 5;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
}
