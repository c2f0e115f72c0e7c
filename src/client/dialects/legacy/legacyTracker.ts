import type { Entity } from '../../../core/entity.ts';
import type { ForeignProblem, ForeignRow, ForeignTables } from '../../../core/foreignTable.ts';
import { type EntityKind, entityKinds } from '../../../core/ids.ts';
import { statusesOf } from '../../../core/lifecycle.ts';
import { priorities } from '../../../core/task.ts';
import { formsFor } from '../taskman/forms.ts';
import { entityFrom } from '../taskman/mapping.ts';
import type { Row } from '../taskman/row.ts';
import {
  ourWord,
  planStatusWords,
  priorityWords,
  taskStatusWords,
  type Vocabulary,
  vocabulary,
} from '../taskman/words.ts';
import { coherent, normalRow } from './legacyRows.ts';
import { listOf } from './listCell.ts';

/** What the files of an older tracker are to us. */
export interface FoundEntities {
  readonly entities: readonly Entity[];
  /** Of the files, and rows that are nothing to us. */
  readonly problems: readonly ForeignProblem[];
}

const files: Readonly<Record<EntityKind, string>> = {
  project: 'projects.csv',
  sprint: 'sprints.csv',
  task: 'tasks.csv',
};
const listColumns: ReadonlySet<string> = new Set([
  ...['assignees', 'labels', 'tags', 'depends_on', 'dependencies', 'blocks'],
]);
/** Columns whose content our own fields hold whole; every other one is kept under its name in `custom`. */
const understood: Readonly<Record<EntityKind, ReadonlySet<string>>> = {
  project: new Set(['id', 'title', 'name', 'description', 'owner', 'status', 'start_date', 'end_date']),
  sprint: new Set([
    'id',
    'project_id',
    'title',
    'name',
    'goal',
    'status',
    'start_date',
    'end_date',
    'committed_points',
  ]),
  task: new Set([
    ...['id', 'project_id', 'sprint_id', 'parent_id', 'title', 'name', 'description', 'status', 'priority', 'owner'],
    ...['assignees', 'labels', 'estimate_points', 'actual_hours', 'depends_on', 'blocks', 'due_at', 'target_date'],
  ]),
};
const times: ReadonlySet<string> = new Set(['created_at', 'updated_at']);
const customLimitBytes = 12 * 1024;
const vocabularies = {
  project: { status: vocabulary(statusesOf('project'), planStatusWords) },
  sprint: { status: vocabulary(statusesOf('sprint'), planStatusWords) },
  task: {
    status: vocabulary(statusesOf('task'), taskStatusWords),
    priority: vocabulary(priorities, priorityWords),
  },
} as const satisfies Readonly<Record<EntityKind, Readonly<Record<string, Vocabulary>>>>;

type Note = (line: number, message: string, column?: string) => void;
interface Place {
  readonly kind: EntityKind;
  readonly line: number;
}

/**
 * Entities for the rows of an older tracker: ids of our form, words of ours, and whatever we have no field for in
 * `custom`. What refers to a row that is not there is left out; a project that is only named is made.
 * @param account stands for who is not said
 * @param now stands for times that are not said
 */
export function entitiesOfTracker(tables: ForeignTables, account: string, now: string): FoundEntities {
  const problems: ForeignProblem[] = [...tables.problems];
  const noteOf =
    (kind: EntityKind): Note =>
    (line, message, column) =>
      problems.push({ file: files[kind], line, message, ...(column === undefined ? {} : { column }) });
  const places = new Map<string, Place>();
  const rowsOf = (kind: EntityKind) =>
    tables.rows[kind].flatMap((foreign) => takenRow(kind, foreign, places, noteOf(kind)) ?? []);
  const rows = { project: rowsOf('project'), sprint: rowsOf('sprint'), task: withBlocks(rowsOf('task')) };
  const forms = formsFor(account, 'fallback');
  const whole = coherent(rows);
  const entities = entityKinds.flatMap((kind) =>
    whole[kind].flatMap((row): Entity[] => {
      const entity = entityFrom(forms, kind, row, null, now);
      if (entity) return [{ ...entity, custom: (row.custom ?? {}) as Entity['custom'] }];
      noteOf(kind)(places.get(row.id)?.line ?? 1, `${row.id} cannot be shown here`);
      return [];
    }),
  );
  return { entities, problems };
}

/** The row in the names that older servers use, too; undefined, and a note, if it has no id of its own. */
function takenRow(
  kind: EntityKind,
  { line, cells }: ForeignRow,
  places: Map<string, Place>,
  note: Note,
): Row | undefined {
  const given = givenIn(cells);
  const row = normalRow(kind, {
    ...given,
    due_at: given.due_at ?? given.target_date,
    assignees: given.assignees ?? given.owner,
    custom: undefined,
  });
  const again = row && places.get(row.id);
  if (!row) note(line, 'the row has no id', 'id');
  else if (again) note(line, `${row.id} stands in line ${again.line} already`, 'id');
  if (!row || again) return undefined;
  places.set(row.id, { kind, line });
  for (const column of unknownWords(kind, given)) note(line, `“${given[column]}” is not known here`, column);
  const name = kind === 'task' ? 'title' : 'name';
  return {
    ...row,
    [name]: row[name] ?? row.id,
    custom: customOf(kind, given, (column) => note(line, tooLong, column)),
  };
}

const tooLong = 'there is no room left to keep this';

/** The cells that say something; lists as lists. */
function givenIn(cells: ForeignRow['cells']): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(cells)) {
    const text = cell.trim();
    if (text !== '' && text !== 'None') given[name] = listColumns.has(name) ? listOf(text) : cell;
  }
  return given;
}

/** What we have no field for, as far as there is room. */
function customOf(kind: EntityKind, given: Readonly<Record<string, unknown>>, noteMissing: (column: string) => void) {
  const custom: Record<string, unknown> = {};
  const strange = unknownWords(kind, given);
  let bytes = 0;
  for (const [name, value] of Object.entries(given)) {
    const isSummary = name === 'summary' && given.description === undefined;
    const isHeld = understood[kind].has(name) && !strange.includes(name);
    if (isHeld || times.has(name) || (kind === 'task' && isSummary)) continue;
    bytes += new TextEncoder().encode(JSON.stringify([name, value])).byteLength;
    if (bytes > customLimitBytes) noteMissing(name);
    else custom[name] = value;
  }
  return custom;
}

/** A task that blocks another is one on which that depends. */
function withBlocks(tasks: readonly Row[]): readonly Row[] {
  const blockers = new Map<string, string[]>();
  for (const task of tasks) {
    const blocked = normalRow('task', { id: task.id, depends_on: task.blocks })?.depends_on as readonly string[];
    for (const id of blocked) blockers.set(id, [...(blockers.get(id) ?? []), task.id]);
  }
  return tasks.map((task): Row => {
    const more = blockers.get(task.id) ?? [];
    return more.length === 0
      ? task
      : { ...task, depends_on: [...new Set([...(task.depends_on as string[]), ...more])] };
  });
}

/** The columns whose word means nothing here: a usual one stands for it, and the word itself is kept. */
function unknownWords(kind: EntityKind, given: Readonly<Record<string, unknown>>): string[] {
  return Object.entries<Vocabulary>(vocabularies[kind]).flatMap(([column, known]) =>
    given[column] !== undefined && ourWord(known, given[column]) === undefined ? [column] : [],
  );
}
