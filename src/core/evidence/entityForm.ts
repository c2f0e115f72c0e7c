import { type Entity, editableFields, fieldValue, kindOf } from '../entity.ts';
import { jsonEqual } from '../json.ts';
import { sortedSets } from '../listChange.ts';
import { wireName } from '../wire.ts';
import { canonicalJson, canonicalText, type HashedObject, type HashedValue } from './canonicalJson.ts';
import { sha256Of, type TextDigest } from './hashing.ts';
import { protectedValue, type Shield } from './shield.ts';

/**
 * An entity as it is hashed and recorded: its id and what people wrote, in names of the wire. Empty fields are left out,
 * so that a field which a later version adds changes no hash; decimals and `custom` are their canonical texts; what is
 * private or looks secret is an HMAC. Version and times are not part of it: each place has its own until it is told.
 */
export type EntityForm = HashedObject;

/** What a change did to a form: the value before and the value after; null where it is empty. */
export type FormChanges = Readonly<Record<string, readonly [HashedValue, HashedValue]>>;

export function entityForm(entity: Entity, shield: Shield): EntityForm {
  const kind = kindOf(entity);
  const canonical = sortedSets(kind, entity);
  const form: Record<string, HashedValue> = { id: entity.id };
  for (const field of editableFields(kind)) {
    const value = hashedValue(field, fieldValue(canonical, field));
    if (value !== null) form[wireName(field)] = protectedValue(kind, wireName(field), value, shield);
  }
  return form;
}

/** The hash of a form. It needs no key: whoever can read the ledger can compute it. */
export function formHash(form: EntityForm, sha256: TextDigest): string {
  return sha256Of(canonicalJson(form), sha256);
}

/** What turns one form into another; null: there is no such entity. */
export function formChanges(before: EntityForm | null, after: EntityForm | null): FormChanges {
  const changes: Record<string, readonly [HashedValue, HashedValue]> = {};
  for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const change = [before?.[field] ?? null, after?.[field] ?? null] as const;
    if (field !== 'id' && !jsonEqual(change[0], change[1])) changes[field] = change;
  }
  return changes;
}

/** The form after the changes; of a form that is not known from its beginning, as much as is known. */
export function changedForm(form: EntityForm, changes: FormChanges): EntityForm {
  const next: Record<string, HashedValue> = { ...form };
  for (const [field, [, to]] of Object.entries(changes)) {
    if (to === null) delete next[field];
    else next[field] = to;
  }
  return next;
}

function hashedValue(field: string, value: unknown): HashedValue {
  if (field === 'custom') return isEmptyObject(value) ? null : canonicalText(value);
  if (typeof value === 'number') return canonicalText(value);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return null;
  return value as HashedValue;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}
