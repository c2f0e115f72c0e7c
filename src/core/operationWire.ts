import * as z from 'zod';
import { isSetField, managedFields } from './entity.ts';
import { DtmError } from './errors.ts';
import type { EntityKind } from './ids.ts';
import {
  type FieldChange,
  type ListChange,
  type Operation,
  type OperationHeader,
  operationHeader,
} from './operation.ts';
import {
  entityFromTrustedWire,
  entityFromWire,
  entityToWire,
  fieldOfWireName,
  parseField,
  parseWith,
  type WireObject,
  wireName,
} from './wire.ts';

/** Writes an operation as it stands on the wire and in the journal (snake_case throughout). */
export function operationToWire(operation: Operation): Record<string, unknown> {
  return { ...headerToWire(operation), kind: operation.kind, ...bodyToWire(operation) };
}

function headerToWire(header: OperationHeader): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const field of headerFields) {
    const value = header[field];
    if (value !== undefined) wire[wireName(field)] = value;
  }
  return wire;
}

const headerFields = Object.keys(operationHeader.shape) as (keyof OperationHeader)[];

function bodyToWire(operation: Operation): Record<string, unknown> {
  switch (operation.kind) {
    case 'create':
      return { data: entityToWire(operation.entity, operation.data) };
    case 'update':
      return { set: renameKeys(operation.set, wireName), sets: renameKeys(operation.sets, wireName) };
    default:
      return { before: entityToWire(operation.entity, operation.before) };
  }
}

function renameKeys<T>(record: Readonly<Record<string, T>>, rename: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [rename(key), value]));
}

const body = z.object({
  kind: z.enum(['create', 'update', 'delete', 'restore']),
  data: z.unknown().optional(),
  set: z.record(z.string(), z.strictObject({ from: z.unknown(), to: z.unknown() })).optional(),
  sets: z
    .record(
      z.string(),
      z.strictObject({ add: z.array(z.unknown()).default([]), remove: z.array(z.unknown()).default([]) }),
    )
    .optional(),
  before: z.unknown().optional(),
});

/**
 * Reads an operation that came from outside and checks every part of it.
 * @throws DtmError `validation` naming what is wrong
 */
export function operationFromWire(wire: unknown): Operation {
  const source = parseWith(z.record(z.string(), z.unknown()), wire, 'not an operation');
  const header = parseWith(operationHeader, headerFromWire(source), 'not an operation');
  const parts = parseWith(body, source, 'not an operation');
  switch (parts.kind) {
    case 'create':
      return { ...header, kind: 'create', data: sameId(header, entityFromWire(header.entity, parts.data)) };
    case 'update':
      return { ...header, kind: 'update', ...updateFromWire(header.entity, parts.set ?? {}, parts.sets ?? {}) };
    default:
      return { ...header, kind: parts.kind, before: sameId(header, entityFromWire(header.entity, parts.before)) };
  }
}

/** Reads an operation from our own journal, whose checksum held: nothing is checked again. */
export function operationFromTrustedWire(wire: WireObject): Operation {
  const header = headerFromWire(wire);
  const kind = header.entity as EntityKind;
  const fromWire = (name: string) => fieldOfWireName(kind, name) ?? name;
  const parts = wire as { set?: Record<string, FieldChange>; sets?: Record<string, ListChange> };
  const entity = (wire.data ?? wire.before) as WireObject | undefined;
  const image = entity && entityFromTrustedWire(kind, entity);
  if (wire.kind === 'create') return { ...header, kind: 'create', data: image } as Operation;
  if (wire.kind !== 'update') return { ...header, kind: wire.kind, before: image } as Operation;
  const set = renameKeys(parts.set ?? {}, fromWire);
  return { ...header, kind: 'update', set, sets: renameKeys(parts.sets ?? {}, fromWire) } as Operation;
}

function headerFromWire(wire: WireObject): Record<string, unknown> {
  const header: Record<string, unknown> = {};
  for (const field of headerFields) {
    const value = wire[wireName(field)];
    if (value !== undefined) header[field] = value;
  }
  return header;
}

function sameId<E extends { readonly id: string }>(header: OperationHeader, entity: E): E {
  if (entity.id === header.id) return entity;
  throw new DtmError('validation', `the operation is about ${header.id}, but its entity is ${entity.id}`);
}

function updateFromWire(
  kind: EntityKind,
  set: Readonly<Record<string, FieldChange>>,
  sets: Readonly<Record<string, ListChange>>,
) {
  const scalars = Object.entries(set).map(([name, change]) => {
    const field = writableField(kind, name, false);
    return [field, { from: change.from ?? null, to: parseField(kind, field, change.to) }] as const;
  });
  const lists = Object.entries(sets).map(([name, change]) => {
    const field = writableField(kind, name, true);
    const add = parseField(kind, field, change.add) as readonly unknown[];
    const remove = parseField(kind, field, change.remove) as readonly unknown[];
    return [field, { add, remove }] as const;
  });
  return { set: Object.fromEntries(scalars), sets: Object.fromEntries(lists) };
}

function writableField(kind: EntityKind, name: string, list: boolean): string {
  const field = fieldOfWireName(kind, name);
  if (field !== undefined && !managedFields.has(field) && isSetField(kind, field) === list) return field;
  throw new DtmError('validation', `${name} cannot be ${list ? 'edited as a set' : 'set'} on a ${kind}`, {
    fields: [{ path: name, code: 'not-writable', message: 'cannot be written this way' }],
  });
}
