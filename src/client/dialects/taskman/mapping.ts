import { defaultOf } from '../../../core/draft.ts';
import { type Entity, editableFields, fieldValue, schemaOf } from '../../../core/entity.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { jsonEqual } from '../../../core/json.ts';
import { isDelivered, isFinished } from '../../../core/lifecycle.ts';
import { asText } from './fieldForms.ts';
import type { Forms } from './forms.ts';
import { instantOf, type Row } from './row.ts';
import { fittingText, isSameText } from './storedText.ts';

/** Where rows do not say who wrote them. */
const unknownAuthor = 'unknown';

/**
 * Puts a row over what is known of the entity: where the row says what we had, as far as it can, ours stays (also what
 * it has no place for); everything else is the row's.
 * @param known the entity as the workspace has it; null if it is new
 * @param now stands for times that rows of projects and sprints do not have
 * @returns undefined if the row is none that we can show: no project, an id of another form
 */
export function entityFrom(
  forms: Forms,
  kind: EntityKind,
  row: Row,
  known: Entity | null,
  now: string,
): Entity | undefined {
  const entity: Record<string, unknown> = known ? { ...known } : newcomer(kind, row, now);
  for (const form of forms[kind]) if (!known || !form.holds(known, row)) entity[form.field] = form.read(row);
  const whole = { ...entity, ...timesOf(kind, row, entity as unknown as Entity, known, now) } as unknown as Entity;
  if (known && !differs(kind, known, whole)) return known;
  const parsed = schemaOf(kind).safeParse(whole);
  return parsed.data;
}

/** Whether two images differ in anything that a person may write, or in when it was begun and completed. */
function differs(kind: EntityKind, a: Entity, b: Entity): boolean {
  return [...editableFields(kind), 'completedAt', 'startedAt'].some(
    (field) => !jsonEqual(fieldValue(a, field), fieldValue(b, field)),
  );
}

function newcomer(kind: EntityKind, row: Row, now: string): Record<string, unknown> {
  const fields = editableFields(kind).map((field) => [field, defaultOf(kind, field)] as const);
  const createdBy = fittingText(asText(row.owner), 200) || unknownAuthor;
  const createdAt = instantOf(row.created_at) ?? now;
  const due = kind === 'task' ? { dueAt: instantOf(row.due_at) ?? null, startedAt: null } : {};
  return { ...Object.fromEntries(fields), ...due, id: row.id, version: 1, createdAt, createdBy, completedAt: null };
}

/** `updated_at` is the row's; when it was begun and completed is when its status was first seen so. */
function timesOf(kind: EntityKind, row: Row, entity: Entity, known: Entity | null, now: string): object {
  const updatedAt = instantOf(row.updated_at) ?? now;
  const { status } = entity;
  if (status === known?.status) return { updatedAt, updatedBy: unknownAuthor };
  const isBegun = kind === 'task' && status === 'in_progress' && !fieldValue(entity, 'startedAt');
  return {
    updatedAt,
    updatedBy: unknownAuthor,
    ...(isBegun ? { startedAt: updatedAt } : {}),
    completedAt: completedAt(kind, status, entity, updatedAt),
  };
}

function completedAt(kind: EntityKind, status: string, entity: Entity, updatedAt: string): string | null {
  if (isDelivered(kind, status)) return updatedAt;
  return isFinished(kind, status) ? entity.completedAt : null;
}

/** The body that creates an entity: nothing that is empty, since TaskMan-v2 refuses some of it. */
export function creationBody(forms: Forms, kind: EntityKind, entity: Entity): Record<string, unknown> {
  const body: Record<string, unknown> = { id: entity.id };
  for (const form of forms[kind]) {
    const value = form.write(entity, undefined);
    if (!isEmpty(value)) body[form.name] = value;
  }
  return kind === 'task' ? { ...body, summary: body.title } : body;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The members that have to change for the row to say what the entity says; none where it does already. */
export function changesBody(forms: Forms, kind: EntityKind, entity: Entity, row: Row): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const form of forms[kind]) if (!form.holds(entity, row)) body[form.name] = form.write(entity, row);
  // A summary that somebody wrote by hand is theirs.
  const isOurs = isSameText(asText(row.summary), asText(row.title)) || asText(row.summary) === '';
  return 'title' in body && isOurs ? { ...body, summary: body.title } : body;
}

/** The fields in which a row does not say what the entity says. */
export function unheldFields(forms: Forms, kind: EntityKind, entity: Entity, row: Row): string[] {
  return forms[kind].filter((form) => !form.holds(entity, row)).map((form) => form.field);
}
