import { type Entity, type EntityByKind, editableFields, fieldValue, isSetField, schemaOf } from './entity.ts';
import { DtmError } from './errors.ts';
import type { EntityKind } from './ids.ts';
import { jsonEqual } from './json.ts';
import { canonicalSet, listChange, sortedSets } from './listChange.ts';
import type { FieldChange, ListChange } from './operation.ts';
import { parseField, parseWith, wireName } from './wire.ts';

/** Field values that a person gives, in the names of TypeScript. */
export type Draft = Readonly<Record<string, unknown>>;

const defaults = {
  project: {
    mission: '',
    status: 'new',
    owner: null,
    startDate: null,
    targetEndDate: null,
    pendingReason: null,
    blockedReason: null,
    labels: [],
    repositories: [],
    completedAt: null,
    custom: {},
  },
  sprint: {
    goal: '',
    status: 'new',
    cadence: 'custom',
    startDate: null,
    endDate: null,
    owner: null,
    velocityTargetPoints: null,
    committedPoints: null,
    pendingReason: null,
    blockedReason: null,
    completedAt: null,
    custom: {},
  },
  task: {
    sprintId: null,
    parentId: null,
    description: '',
    status: 'new',
    priority: 'p2',
    severity: null,
    workType: null,
    owner: null,
    assignees: [],
    labels: [],
    estimatePoints: null,
    actualHours: null,
    dueAt: null,
    dependsOn: [],
    acceptanceCriteria: [],
    links: [],
    blockedReason: null,
    startedAt: null,
    completedAt: null,
    rank: '',
    custom: {},
  },
} as const satisfies Record<EntityKind, Draft>;

/** The value a field has in a new entity where the person gave none; undefined where one must be given. */
export function defaultOf(kind: EntityKind, field: string): unknown {
  return (defaults[kind] as Draft)[field];
}

/**
 * Makes a whole new entity of a draft: defaults filled in, values checked, version 1.
 * @param at the moment of creation, RFC 3339
 * @throws DtmError `validation` naming every field that is missing, unknown or wrong
 */
export function newEntity<K extends EntityKind>(
  kind: K,
  id: string,
  draft: Draft,
  at: string,
  by: string,
): EntityByKind[K] {
  rejectUnknown(kind, draft);
  const stamps = { version: 1, createdAt: at, updatedAt: at, createdBy: by, updatedBy: by };
  const whole = { ...defaults[kind], ...withoutUndefined(draft), id, ...stamps };
  const entity = parseWith(schemaOf(kind), whole, `cannot create this ${kind}`);
  return sortedSets(kind, entity);
}

/** What an update operation says: the part of it that differs from entity to entity. */
export interface Changes {
  readonly set: Readonly<Record<string, FieldChange>>;
  readonly sets: Readonly<Record<string, ListChange>>;
}

/**
 * The changes that turn `current` into `current` with the draft's values; fields that stay equal are left out.
 * @throws DtmError `validation` naming the field that is unknown or wrong
 */
export function changesOf(kind: EntityKind, current: Entity, draft: Draft): Changes {
  rejectUnknown(kind, draft);
  const set: Record<string, FieldChange> = {};
  const sets: Record<string, ListChange> = {};
  for (const [field, given] of Object.entries(withoutUndefined(draft))) {
    const from = fieldValue(current, field);
    const to = parseField(kind, field, given);
    if (isSetField(kind, field)) {
      const change = listChange(from as readonly unknown[], canonicalSet(field, to as readonly unknown[]));
      if (change.add.length > 0 || change.remove.length > 0) sets[field] = change;
    } else if (!jsonEqual(from, to)) set[field] = { from, to };
  }
  return { set, sets };
}

function rejectUnknown(kind: EntityKind, draft: Draft): void {
  const known = editableFields(kind);
  const unknown = Object.keys(draft).filter((field) => !known.includes(field));
  if (unknown.length === 0) return;
  const fields = unknown.map((field) => ({
    path: wireName(field),
    code: 'unknown-field',
    message: 'cannot be written',
  }));
  throw new DtmError('validation', `a ${kind} has no writable field ${unknown.map(wireName).join(', ')}`, {
    fields,
    hint: `Writable fields are: ${known.map(wireName).join(', ')}.`,
  });
}

function withoutUndefined(draft: Draft): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}
