import { type Entity, fieldValue } from '../../../core/entity.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { jsonEqual } from '../../../core/json.ts';
import type { FieldForm } from '../taskman/fieldForms.ts';
import type { Forms } from '../taskman/forms.ts';
import { instantOf, type Row } from '../taskman/row.ts';
import { isGiven } from './legacyRows.ts';
import type { TakenRow } from './takenRow.ts';

/** Columns whose values may have been kept in `custom`, by the fields that could not hold them. */
const keptUnder: Readonly<Record<string, keyof TakenRow['columns']>> = {
  sprintId: 'sprintId',
  parentId: 'parentId',
  dependsOn: 'dependsOn',
  endDate: 'end',
  targetEndDate: 'end',
};

type Kept = Readonly<Record<string, unknown>>;

/** Whether an entity is as a row says, as far as the row says anything: an empty cell is no statement. */
export function saysTheSame(forms: Forms, kind: EntityKind, taken: TakenRow, entity: Entity): boolean {
  const { row, custom } = taken;
  const kept: Kept = entity.custom;
  return (
    forms[kind].every((form) => !isStated(row[form.name]) || holds(form, taken, entity, kept)) &&
    isDueThen(row, entity) &&
    Object.entries(custom).every(([column, value]) => jsonEqual(kept[column], value))
  );
}

function isStated(value: unknown): boolean {
  return isGiven(value) && !(Array.isArray(value) && value.length === 0);
}

function holds(form: FieldForm, { row, columns }: TakenRow, entity: Entity, kept: Kept): boolean {
  if (form.holds(entity, row)) return true;
  const column = keptUnder[form.field];
  if (column === undefined) return false;
  // What could not be taken over stands beside it; and others may say that they block it, which adds to its own list.
  const held = new Set([fieldValue(entity, form.field), kept[columns[column]]].flat());
  return [row[form.name]].flat().every((value) => held.has(value));
}

function isDueThen(row: Row, entity: Entity): boolean {
  const due = instantOf(row.due_at);
  return due === undefined || !('dueAt' in entity) || entity.dueAt === due;
}
