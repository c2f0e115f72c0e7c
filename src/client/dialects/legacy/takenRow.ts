import type { ForeignLayout, ForeignRow } from '../../../core/foreignTable.ts';
import type { EntityKind } from '../../../core/ids.ts';
import type { Row } from '../taskman/row.ts';
import { directColumns, givenCells, refusalOf } from './legacyColumns.ts';
import { isGiven, normalRow, sourcesOf } from './legacyRows.ts';

/** Says what of a row cannot be taken over as it stands. */
export type Note = (message: string, column?: string) => void;

/** A row in the names that older servers use, too, with what has no field here in `custom`. */
export interface TakenRow {
  readonly row: Row;
  readonly custom: Readonly<Record<string, unknown>>;
  /** What the file calls the columns that refer to other rows. */
  readonly columns: ReferenceColumns;
}

/** The names of columns, by the fields that they are for. */
export type ReferenceColumns = Readonly<
  Record<'projectId' | 'sprintId' | 'parentId' | 'dependsOn' | 'blocks' | 'end', string>
>;

/** Leaves room for references that turn out to lead nowhere. */
const customLimitBytes = 12 * 1024;
/** Ours have other words: the row's are kept as they are. */
const keptAnyway: ReadonlySet<string> = new Set(['work_type', 'task_type']);

/** @returns undefined if the row has no id */
export function takenRow(
  kind: EntityKind,
  layout: ForeignLayout,
  foreign: ForeignRow,
  note: Note,
): TakenRow | undefined {
  const { values, beside, columnOf } = givenCells(layout, foreign);
  const people = kind === 'task' ? { assignees: values.assignees ?? values.assignee ?? values.owner } : {};
  const row = normalRow(kind, { ...values, ...people });
  if (!row) return undefined;
  const sources = sourcesOf(kind, values);
  const sourceNames = new Set(Object.values(sources));
  const isHeld = (name: string) => (directColumns[kind].has(name) || sourceNames.has(name)) && !keptAnyway.has(name);
  const left = new Map(Object.entries(beside));
  const refusals = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const refusal = isHeld(name) ? refusalOf(kind, name, value) : undefined;
    if (refusal !== undefined) refusals.set(columnOf(name), refusal);
    if (refusal !== undefined || !isHeld(name)) left.set(columnOf(name), value);
  }
  const custom = asFarAsFits(left, note);
  for (const [column, refusal] of refusals)
    note(Object.hasOwn(custom, column) ? `${refusal}: kept as custom.${column}` : refusal, column);
  const called = (name: string, otherwise: string) => columnOf(sources[name] ?? otherwise);
  const columns = {
    projectId: called('primary_project', 'project_id'),
    sprintId: called('primary_sprint', 'sprint_id'),
    parentId: called('parents', 'parent_id'),
    dependsOn: called('depends_on', 'depends_on'),
    blocks: columnOf('blocks'),
    end: called('target_end_date', 'end_date'),
  };
  return { row: named(kind, row), custom, columns };
}

/** Nothing here is without a name. */
function named(kind: EntityKind, row: Row): Row {
  const name = kind === 'task' ? 'title' : 'name';
  return isGiven(String(row[name] ?? '').trim()) ? row : { ...row, [name]: row.id };
}

function asFarAsFits(left: ReadonlyMap<string, unknown>, note: Note): Record<string, unknown> {
  const custom: Record<string, unknown> = {};
  let bytes = 0;
  for (const [column, value] of left) {
    bytes += new TextEncoder().encode(JSON.stringify([column, value])).byteLength;
    if (bytes > customLimitBytes) note('there is no room left to keep this', column);
    else custom[column] = value;
  }
  return custom;
}
