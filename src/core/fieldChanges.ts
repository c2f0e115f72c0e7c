import { type Entity, fieldsOf, fieldValue } from './entity.ts';
import type { EntityKind } from './ids.ts';
import { jsonEqual } from './json.ts';
import type { FieldChange } from './operation.ts';

/** Fields that say about a change who made it and when, and so never are what was changed. */
const bookkeeping: ReadonlySet<string> = new Set(['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy']);

/**
 * What differs between an entity before and after a change, field by field, `started_at` and `completed_at` among them.
 * Where there was or is no entity, every field counts as null, and those that are empty are left out.
 */
export function fieldChanges(
  kind: EntityKind,
  previous: Entity | null,
  next: Entity | null,
): Readonly<Record<string, FieldChange>> {
  const changes: Record<string, FieldChange> = {};
  for (const field of fieldsOf(kind)) {
    if (bookkeeping.has(field)) continue;
    const from = previous ? fieldValue(previous, field) : null;
    const to = next ? fieldValue(next, field) : null;
    const isWithout = (!previous || !next) && isEmpty(from) && isEmpty(to);
    if (!isWithout && !jsonEqual(from, to)) changes[field] = { from, to };
  }
  return changes;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
