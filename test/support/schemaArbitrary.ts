import fc from 'fast-check';
import { isStorableText } from '../../src/core/text.ts';
import { days, instants, storedText, visibleText } from './arbitraries.ts';

/** The part of JSON Schema that zod writes for requests. */
export interface JsonSchema {
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Values for properties of some names, where the schema alone (`usual`) knows too little: ids of what exists. */
export type KnownValues = (name: string, usual: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown> | undefined;

const mostOptional = 4;
const mostItems = 4;

/** Values that a schema allows. @throws Error if it says something that this does not understand */
export function valuesOf(schema: JsonSchema, known: KnownValues = () => undefined): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valuesOf(each, known)));
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, known);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? mostItems, mostItems),
      });
    case 'string':
      return stringsOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`no arbitrary for the type ${schema.type}`);
  }
}

/** Few of the optional properties at a time: with all of them some rule between them would nearly always be broken. */
function objectsOf({ properties, required = [] }: JsonSchema, known: KnownValues): fc.Arbitrary<unknown> {
  if (!properties) return fc.dictionary(fc.constantFrom('a', 'b', 'Ключ'), fc.jsonValue({ maxDepth: 1 }));
  const arbitraries = Object.entries(properties).map(([name, each]) => {
    const usual = valuesOf(each, known);
    return [name, known(name, usual) ?? usual] as const;
  });
  const optional = arbitraries.map(([name]) => name).filter((name) => !required.includes(name));
  const chosen = fc.subarray(optional, { maxLength: Math.min(mostOptional, optional.length) });
  return chosen.chain((names) => {
    const present = arbitraries.filter(([name]) => required.includes(name) || names.includes(name));
    return fc.record(Object.fromEntries(present));
  });
}

function stringsOf({ format, pattern, minLength = 0, maxLength = 1_000 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date') return days;
  if (format === 'date-time') return instants;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length <= maxLength);
  const usual = (minLength > 0 ? visibleText : storedText)
    .map((text) => text.padEnd(minLength, 'x').slice(0, maxLength))
    .filter(isStorableText);
  if (maxLength > 2_000) return usual;
  return fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: fc.constant('ж'.repeat(maxLength)) });
}
