/** A value as Python holds it after `json.loads`: whole numbers are ints, everything with a point is a {@link PyFloat}. */
export type Value = null | boolean | number | string | PyFloat | readonly Value[] | ValueMap;
export type ValueMap = { readonly [key: string]: Value };

/** A Python float, so that 10.0 stays 10.0 in JSON and in error texts. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PyFloat);
}

/** The number in an int or a float, else undefined. Booleans do not count. */
export function numberIn(value: Value): number | undefined {
  if (value instanceof PyFloat) return value.value;
  return typeof value === 'number' ? value : undefined;
}

/** What `type(value).__name__` says. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (value instanceof PyFloat) return 'float';
  if (isList(value)) return 'list';
  return { boolean: 'bool', number: 'int', string: 'str' }[typeof value as string] ?? 'dict';
}

/** Python's `==` of two loaded values. */
export function isEqual(left: Value, right: Value): boolean {
  const [a, b] = [numberIn(left), numberIn(right)];
  if (a !== undefined && b !== undefined) return a === b;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index] ?? null));
  }
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length && keys.every((key) => key in right && isEqual(left[key]!, right[key]!))
    );
  }
  return left === right;
}
