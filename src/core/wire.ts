import type { z } from 'zod';
import { type Entity, type EntityByKind, fieldSchema, fieldsOf, schemaOf } from './entity.ts';
import { DtmError, type FieldProblem } from './errors.ts';
import type { EntityKind } from './ids.ts';

/** A JSON object in the names of the wire (snake_case). */
export type WireObject = Readonly<Record<string, unknown>>;

/** `dueAt` → `due_at`: the one rule between the names of TypeScript and those of JSON and CSV. */
export function wireName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

interface NamePair {
  readonly field: string;
  readonly wire: string;
}

const pairs: Readonly<Record<EntityKind, readonly NamePair[]>> = {
  project: pairsOf('project'),
  sprint: pairsOf('sprint'),
  task: pairsOf('task'),
};

function pairsOf(kind: EntityKind): readonly NamePair[] {
  return fieldsOf(kind).map((field) => ({ field, wire: wireName(field) }));
}

/** The field of a kind that the wire calls `name`, or undefined. */
export function fieldOfWireName(kind: EntityKind, name: string): string | undefined {
  return pairs[kind].find((pair) => pair.wire === name)?.field;
}

/** Writes an entity in wire names, every field, in schema order. */
export function entityToWire(kind: EntityKind, entity: Entity): Record<string, unknown> {
  const source = entity as unknown as Record<string, unknown>;
  const wire: Record<string, unknown> = {};
  for (const pair of pairs[kind]) wire[pair.wire] = source[pair.field];
  return wire;
}

/**
 * Reads an entity from wire names; fields that we do not know are ignored, as the API asks of clients.
 * @throws DtmError `validation` naming every wrong field
 */
export function entityFromWire<K extends EntityKind>(kind: K, wire: unknown): EntityByKind[K] {
  const source = asObject(wire, kind);
  const entity: Record<string, unknown> = {};
  for (const pair of pairs[kind]) entity[pair.field] = source[pair.wire];
  return parseWith(schemaOf(kind), entity, `not a valid ${kind}`);
}

/**
 * Reads an entity that we wrote ourselves and whose checksum held: names are mapped, values are trusted.
 * A hundred thousand schema checks at start would cost the first screen for nothing.
 */
export function entityFromTrustedWire(kind: EntityKind, wire: WireObject): Entity {
  const entity: Record<string, unknown> = {};
  for (const pair of pairs[kind]) entity[pair.field] = wire[pair.wire];
  return entity as unknown as Entity;
}

/**
 * Checks one field's value.
 * @throws DtmError `validation` if the kind has no such field or the value does not fit it
 */
export function parseField(kind: EntityKind, field: string, value: unknown): unknown {
  const schema = fieldSchema(kind, field);
  if (!schema) throw invalid(`a ${kind} has no field ${wireName(field)}`, [unknownField(wireName(field))]);
  return parseWith(schema, value, `${wireName(field)} is not valid`, [wireName(field)]);
}

function unknownField(path: string): FieldProblem {
  return { path, code: 'unknown-field', message: 'there is no such field' };
}

/**
 * Parses with a zod schema.
 * @throws DtmError `validation` with one {@link FieldProblem} per issue
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, message: string, at: readonly string[] = []): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = fieldProblems(result.error, at);
  const first = fields[0];
  throw invalid(first ? `${message}: ${first.path || 'it'} ${phrase(first.message)}` : message, fields);
}

/** Turns zod's issues into field problems with wire names. */
function fieldProblems(error: z.ZodError, at: readonly string[] = []): FieldProblem[] {
  return error.issues.map((issue) => ({
    path: [...at, ...issue.path.map((step) => wireName(String(step)))].join('.'),
    code: issue.code ?? 'invalid',
    message: issue.message,
  }));
}

/** Zod says "Too big: expected string to have <=500 characters"; in a sentence it goes on in lower case. */
function phrase(message: string): string {
  const choices = /^Invalid option: expected one of (.*)$/.exec(message)?.[1];
  if (choices !== undefined) return `must be one of ${choices.replaceAll('"', '').replaceAll('|', ', ')}`;
  return /^[A-Z][a-z]/.test(message) ? `is not valid (${message})` : message;
}

function invalid(message: string, fields: readonly FieldProblem[]): DtmError {
  return new DtmError('validation', message, { fields, hint: 'Correct the value and try again.' });
}

function asObject(value: unknown, what: string): WireObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as WireObject;
  throw invalid(`not a valid ${what}: expected an object`, []);
}
