import canonicalize from 'canonicalize';
import { DtmError } from '../errors.ts';

/**
 * What hashed lines are made of: the values for which every implementation of RFC 8785 computes the same text.
 * Decimals stand in them as strings.
 */
export type HashedValue = string | number | boolean | null | readonly HashedValue[] | HashedObject;
export interface HashedObject {
  readonly [key: string]: HashedValue;
}

const asciiKey = /^[\x20-\x7e]*$/;

/**
 * The canonical form (RFC 8785) of strings, safe integers, booleans, null, and lists and objects of them with ASCII keys.
 * @throws DtmError `validation` naming the place of anything else
 */
export function canonicalJson(value: unknown): string {
  const problem = problemOf(value, '');
  if (problem !== undefined) throw notCanonical(problem);
  return written(value);
}

/**
 * The canonical form (RFC 8785) of any JSON value, for what people keep in `custom`.
 * @throws DtmError `validation` if it is no JSON value
 */
export function canonicalText(value: unknown): string {
  return written(value);
}

function written(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    throw notCanonical(error instanceof Error ? error.message : String(error), error);
  }
  if (text === undefined) throw notCanonical('it is no JSON value');
  return text;
}

/** What is wrong and where; undefined if nothing is. */
function problemOf(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  const place = path === '' ? 'the value' : path;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : `${place} is not a safe integer`;
  if (Array.isArray(value)) return itemProblem(value, path);
  return isPlainObject(value) ? memberProblem(value, path) : `${place} is nothing that JSON knows`;
}

function itemProblem(list: readonly unknown[], path: string): string | undefined {
  for (let index = 0; index < list.length; index++) {
    const problem = problemOf(list[index], `${path}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function memberProblem(object: object, path: string): string | undefined {
  for (const [key, value] of Object.entries(object)) {
    const place = path === '' ? key : `${path}.${key}`;
    const problem = asciiKey.test(key) ? problemOf(value, place) : `the key ${JSON.stringify(key)} is not ASCII`;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notCanonical(why: string, cause?: unknown): DtmError {
  return new DtmError('validation', `this cannot be hashed: ${why}`, {
    cause,
    hint: 'Use strings, whole numbers, true, false and null, and keys of ASCII characters.',
  });
}
