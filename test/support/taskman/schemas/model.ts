import { isMap, type Value } from '../python/value.ts';
import { type Check, refuse } from './checks.ts';
import type { Location, Problem } from './problem.ts';

export type Field = {
  readonly check: Check;
  /** Makes the value of a field that is not sent; without it the field is required. */
  readonly orElse?: () => Value;
};

/** The fields of a request or a response, in the order in which pydantic checks and writes them. */
export type Model = { readonly name: string; readonly fields: Readonly<Record<string, Field>> };

export type Checked = {
  /** Every field, those not sent with their default. */
  readonly values: Readonly<Record<string, Value>>;
  /** The fields that were sent (`exclude_unset`). */
  readonly sent: ReadonlySet<string>;
};

export function required(check: Check): Field {
  return { check };
}

export function optional(check: Check, orElse: () => Value = () => null): Field {
  return { check, orElse };
}

/** Checks a body or a row against the model; unknown keys are dropped. Problems are added to the list. */
export function checkModel(model: Model, input: Value, loc: Location, problems: Problem[]): Checked {
  const values: Record<string, Value> = {};
  const sent = new Set<string>();
  if (!isMap(input)) {
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    refuse(problems, { type: 'model_attributes_type', loc, msg, input });
    return { values, sent };
  }
  for (const [name, { check, orElse }] of Object.entries(model.fields)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value !== undefined) {
      sent.add(name);
      values[name] = check(value, [...loc, name], problems);
    } else if (orElse) {
      values[name] = orElse();
    } else {
      refuse(problems, { type: 'missing', loc: [...loc, name], msg: 'Field required', input });
    }
  }
  return { values, sent };
}
