import { isList, isMap, PyFloat, type Value } from '../python/value.ts';
import type { Location, Problem } from './problem.ts';

/** Checks and converts one value in pydantic's lax mode; what is wrong is added to `problems`. */
export type Check = (input: Value, loc: Location, problems: Problem[]) => Value;

type TextLimits = { readonly min?: number; readonly max?: number; readonly pattern?: string };

/** A string; white space around it goes (`str_strip_whitespace`) before lengths count. */
export function text({ min, max, pattern }: TextLimits = {}): Check {
  return (input, loc, problems) => {
    const fail = (type: string, msg: string, ctx?: Record<string, Value>) =>
      refuse(problems, { type, loc, msg, input, ctx });
    if (typeof input !== 'string') return fail('string_type', 'Input should be a valid string');
    if (/\p{Cs}/u.test(input)) {
      return fail('string_unicode', 'Input should be a valid string, unable to parse raw data as a unicode string');
    }
    const value = input.trim();
    const length = [...value].length;
    if (min !== undefined && length < min) {
      return fail('string_too_short', `String should have at least ${characters(min)}`, { min_length: min });
    }
    if (max !== undefined && length > max) {
      return fail('string_too_long', `String should have at most ${characters(max)}`, { max_length: max });
    }
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
      return fail('string_pattern_mismatch', `String should match pattern '${pattern}'`, { pattern });
    }
    return value;
  };
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}

/** A member of an enumeration, written exactly so. */
export function oneOf(words: readonly string[]): Check {
  const quoted = words.map((word) => `'${word}'`);
  const expected = quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return (input, loc, problems) => {
    if (typeof input === 'string' && words.includes(input)) return input;
    return refuse(problems, { type: 'enum', loc, msg: `Input should be ${expected}`, input, ctx: { expected } });
  };
}

export const boolean: Check = (input, loc, problems) => {
  if (typeof input === 'boolean') return input;
  const plain = input instanceof PyFloat ? input.value : input;
  if (plain === 0 || plain === 1) return plain === 1;
  if (typeof plain === 'string' && /^(true|t|yes|y|on|1)$/i.test(plain)) return true;
  if (typeof plain === 'string' && /^(false|f|no|n|off|0)$/i.test(plain)) return false;
  const isReadable = typeof plain === 'string' || typeof input === 'number';
  return isReadable
    ? refuse(problems, {
        type: 'bool_parsing',
        loc,
        msg: 'Input should be a valid boolean, unable to interpret input',
        input,
      })
    : refuse(problems, { type: 'bool_type', loc, msg: 'Input should be a valid boolean', input });
};

function list(item: Check): Check {
  return (input, loc, problems) => {
    if (!isList(input)) return refuse(problems, { type: 'list_type', loc, msg: 'Input should be a valid list', input });
    return input.map((value, index) => item(value, [...loc, index], problems));
  };
}

/** A `dict[str, …]`; keys are strings and trimmed like every string of these models. */
export function map(item: Check = anything): Check {
  return (input, loc, problems) => {
    if (!isMap(input)) {
      return refuse(problems, { type: 'dict_type', loc, msg: 'Input should be a valid dictionary', input });
    }
    return Object.fromEntries(
      Object.entries(input).map(([key, value]) => [key.trim(), item(value, [...loc, key], problems)]),
    );
  };
}

const anything: Check = (input) => input;

/** `T | None`. */
export function nullable(check: Check): Check {
  return (input, loc, problems) => (input === null ? null : check(input, loc, problems));
}

export const texts: Check = list(text());
export const maps: Check = list(map());
export const textMaps: Check = list(map(text()));

/** Notes a problem; the value no longer matters. */
export function refuse(
  problems: Problem[],
  { ctx, ...problem }: Omit<Problem, 'ctx'> & { ctx?: Record<string, Value> | undefined },
): null {
  problems.push({ ...problem, ...(ctx && { ctx }) });
  return null;
}
