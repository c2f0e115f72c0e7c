import { PyFloat, type Value } from '../python/value.ts';
import { type Check, refuse } from './checks.ts';
import type { Location, Problem } from './problem.ts';

type Limits = { readonly ge?: number; readonly le?: number };

/** A float: whole numbers, booleans and numeric strings are taken, too. */
export function float(limits: Limits = {}): Check {
  return (input, loc, problems) => {
    const value = floatOf(input);
    if (value === undefined) return refuseFloat(input, loc, problems);
    return within(value, limits, (limit) => new PyFloat(limit), { input, loc, problems }) ? new PyFloat(value) : null;
  };
}

function floatOf(input: Value): number | undefined {
  if (input instanceof PyFloat) return input.value;
  if (typeof input === 'number' || typeof input === 'boolean') return Number(input);
  if (typeof input !== 'string') return undefined;
  const text = input.trim().replace(/(?<=\d)_(?=\d)/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function refuseFloat(input: Value, loc: Location, problems: Problem[]): Value {
  const msg = 'Input should be a valid number';
  if (typeof input !== 'string') return refuse(problems, { type: 'float_type', loc, msg, input });
  return refuse(problems, { type: 'float_parsing', loc, msg: `${msg}, unable to parse string as a number`, input });
}

/** An int: floats without a fraction, booleans and whole numbers in strings are taken, too. */
export function integer(limits: Limits = {}): Check {
  return (input, loc, problems) => {
    const value = integerOf(input);
    if (value === undefined) return refuseInteger(input, loc, problems);
    return within(value, limits, (limit) => limit, { input, loc, problems }) ? value : null;
  };
}

function integerOf(input: Value): number | undefined {
  if (input instanceof PyFloat) return Number.isInteger(input.value) ? input.value : undefined;
  if (typeof input === 'number' || typeof input === 'boolean') return Number(input);
  if (typeof input !== 'string') return undefined;
  const text = input.trim().replace(/(?<=\d)_(?=\d)/g, '');
  return /^[+-]?\d+(\.0*)?$/.test(text) ? Number(text) : undefined;
}

function refuseInteger(input: Value, loc: Location, problems: Problem[]): Value {
  const msg = 'Input should be a valid integer';
  if (input instanceof PyFloat) {
    return refuse(problems, { type: 'int_from_float', loc, msg: `${msg}, got a number with a fractional part`, input });
  }
  if (typeof input !== 'string') return refuse(problems, { type: 'int_type', loc, msg, input });
  return refuse(problems, { type: 'int_parsing', loc, msg: `${msg}, unable to parse string as an integer`, input });
}

type Where = { readonly input: Value; readonly loc: Location; readonly problems: Problem[] };

function within(value: number, { ge, le }: Limits, shown: (limit: number) => Value, where: Where): boolean {
  const { input, loc, problems } = where;
  if (le !== undefined && !(value <= le)) {
    const msg = `Input should be less than or equal to ${le}`;
    refuse(problems, { type: 'less_than_equal', loc, msg, input, ctx: { le: shown(le) } });
    return false;
  }
  if (ge !== undefined && !(value >= ge)) {
    const msg = `Input should be greater than or equal to ${ge}`;
    refuse(problems, { type: 'greater_than_equal', loc, msg, input, ctx: { ge: shown(ge) } });
    return false;
  }
  return true;
}
