import { inTodaysWords } from '../../api/olderWords.ts';
import { type Draft, defaultOf } from '../../core/draft.ts';
import { type Entity, editableFields, fieldSchema, fieldValue } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { fieldOfWireName, type WireObject, wireName } from '../../core/wire.ts';

/**
 * The writable fields of a request body, in the names of TypeScript.
 * @throws DtmError `validation` naming each field that is unknown or that only the server sets
 */
export function readDraft(kind: EntityKind, body: unknown, except: readonly string[] = []): Draft {
  const entries = Object.entries(inTodaysWords(kind, asObject(body))).filter(([name]) => !except.includes(name));
  const editable = editableFields(kind);
  const unknown = entries.map(([name]) => name).filter((name) => !editable.includes(fieldOfWireName(kind, name) ?? ''));
  if (unknown.length > 0) throw unknownFields(kind, unknown);
  return Object.fromEntries(entries.map(([name, value]) => [fieldOfWireName(kind, name) ?? name, value]));
}

/** What a JSON merge patch (RFC 7396) comes to: `null` removes, that is, it brings the default back. */
export function readPatch(kind: EntityKind, body: unknown, current: Entity): Draft {
  const draft = Object.entries(readDraft(kind, body));
  return Object.fromEntries(draft.map(([field, value]) => [field, patched(kind, field, value, current)]));
}

function patched(kind: EntityKind, field: string, value: unknown, current: Entity): unknown {
  if (field === 'custom' && isObject(value)) return mergePatch(fieldValue(current, field), value);
  if (value !== null || fieldSchema(kind, field)?.safeParse(null).success) return value;
  return defaultOf(kind, field) ?? null;
}

/** RFC 7396, section 2. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

export function asObject(body: unknown): WireObject {
  if (isObject(body)) return body;
  throw new DtmError('validation', 'the body is not an object', { hint: 'Send a JSON object with the fields.' });
}

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownFields(kind: EntityKind, names: readonly string[]): DtmError {
  const known = editableFields(kind).map(wireName).join(', ');
  return new DtmError('validation', `a ${kind} has no writable field ${names.join(', ')}`, {
    fields: names.map((path) => ({ path, code: 'unknown-field', message: 'cannot be written' })),
    hint: `Writable fields are: ${known}.`,
  });
}
