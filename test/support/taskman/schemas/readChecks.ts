import { parseJson } from '../python/parseJson.ts';
import { repr } from '../python/text.ts';
import { isList, isMap, PyFloat, type Value } from '../python/value.ts';
import { type Check, refuse } from './checks.ts';
import { dateTime } from './dateChecks.ts';

/** What a response model's own validator raises. */
class ValueError extends Error {}

/** A validator that runs before the field's type is checked (`mode="before"`). */
function before(convert: (value: Value) => Value, check: Check): Check {
  return (input, loc, problems) => {
    try {
      return check(convert(input), loc, problems);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      return refuse(problems, { type: 'value_error', loc, msg: `Value error, ${error.message}`, input });
    }
  };
}

/** A stored word as a member of an enumeration; `prepare` says which other spellings it also takes. */
export function wordOf(name: string, words: readonly string[], prepare = (word: string) => word): Check {
  const convert = (value: Value) => {
    const word = typeof value === 'string' ? prepare(value) : value;
    if (typeof word === 'string' && words.includes(word)) return word;
    throw new ValueError(`${repr(value)} is not a valid ${name}`);
  };
  return before(convert, (value) => value);
}

/** A list that is stored as JSON text, as a list, or not at all. */
export function storedList(check: Check): Check {
  return before((value) => (isList(value) ? value : loaded(value, isList, [])), check);
}

/** An object that is stored as JSON text, as an object, or not at all. */
export function storedMap(check: Check): Check {
  return before((value) => (isMap(value) ? value : loaded(value, isMap, {})), check);
}

function loaded(value: Value, isWanted: (parsed: Value) => boolean, otherwise: Value): Value {
  if (typeof value !== 'string') return otherwise;
  try {
    const parsed = parseJson(value);
    return isWanted(parsed) ? parsed : otherwise;
  } catch {
    return otherwise;
  }
}

/** A flag that may be stored as a word, a number, or not at all. */
export const storedFlag: Check = before(
  (value) => {
    if (typeof value === 'string') return ['true', '1', 'yes'].includes(value.toLowerCase());
    return value instanceof PyFloat ? value.value !== 0 : Boolean(value);
  },
  (value) => value,
);

/** `created_at` and `updated_at`: an ISO text, or nothing. */
export const storedMoment: Check = before(
  (value) => {
    if (typeof value !== 'string') return value;
    if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(value)) return value;
    throw new ValueError(`Invalid isoformat string: ${repr(value.replaceAll('Z', '+00:00'))}`);
  },
  (value, loc, problems) => (value === null ? null : dateTime(value, loc, problems)),
);
