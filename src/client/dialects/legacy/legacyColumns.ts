import { amount, day } from '../../../core/fields.ts';
import type { ForeignLayout, ForeignRow } from '../../../core/foreignTable.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { statusesOf } from '../../../core/lifecycle.ts';
import { priorities } from '../../../core/task.ts';
import { instantOf } from '../taskman/row.ts';
import { ourWord, planStatusWords, priorityWords, taskStatusWords, vocabulary } from '../taskman/words.ts';
import { listOf } from './listCell.ts';

/** Columns of tickets, by the names that tasks have for the same. */
const ticketColumns: Readonly<Record<string, string>> = {
  'ticket id': 'id',
  title: 'title',
  priority: 'priority',
  owner: 'owner',
  'due date': 'due_date',
  dependencies: 'dependencies',
  status: 'status',
  riskids: 'labels',
};
const listColumns: ReadonlySet<string> = new Set([
  ...['assignees', 'labels', 'tags', 'depends_on', 'dependencies', 'blocks', 'parents'],
]);

/** The cells of a row that say something. */
export interface GivenCells {
  /** By the names that older servers use, too; lists as lists. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of columns that say the same as another one, by their own names. */
  readonly beside: Readonly<Record<string, unknown>>;
  /** What the file calls the column of such a name. */
  readonly columnOf: (name: string) => string;
}

export function givenCells(layout: ForeignLayout, { cells }: ForeignRow): GivenCells {
  const values: Record<string, unknown> = {};
  const beside: Record<string, unknown> = {};
  const columns: Record<string, string> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const text = cell.trim();
    if (text === '' || text === 'None') continue;
    const name = nameOf(layout, column);
    const value = listColumns.has(name) ? listOf(text) : cell;
    if (Object.hasOwn(values, name)) beside[column] = value;
    else values[name] = value;
    columns[name] ??= column;
  }
  return { values, beside, columnOf: (name) => columns[name] ?? name };
}

/** Whether the file has a column for the ids of its rows. */
export function hasIdColumn(kind: EntityKind, layout: ForeignLayout, { cells }: ForeignRow): boolean {
  return Object.keys(cells).some((column) => ['id', `${kind}_id`].includes(nameOf(layout, column)));
}

function nameOf(layout: ForeignLayout, column: string): string {
  const ticket = layout === 'ticket' ? ticketColumns[column.toLowerCase()] : undefined;
  return ticket ?? column.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type Refusal = (value: unknown) => string | undefined;

const dateForm = 'is no date such as 2026-01-31';
const instant: Refusal = (value) => (instantOf(value) === undefined ? `“${value}” ${dateForm}` : undefined);
const dateOnly: Refusal = (value) =>
  day.safeParse(String(value).trim().slice(0, 'YYYY-MM-DD'.length)).success ? undefined : `“${value}” ${dateForm}`;
const number: Refusal = (value) =>
  amount.safeParse(Number(value)).success ? undefined : `“${value}” is no number from 0 to 1000000`;
const atMost =
  (characters: number): Refusal =>
  (value) =>
    String(value).length > characters ? `only ${characters} characters have room, and the rest is cut off` : undefined;
const words: Refusal = (value) => {
  const list = value as readonly string[];
  if (list.length > 200) return `only 200 of these ${list.length} have room`;
  return list.some((word) => word.length > 200) ? 'one of these has more than 200 characters' : undefined;
};
const wordOf = (known: ReadonlyMap<string, string>): Refusal => {
  return (value) => (ourWord(known, value) === undefined ? `“${value}” is not known here` : undefined);
};
const planStatus = (kind: EntityKind) => wordOf(vocabulary(statusesOf(kind), planStatusWords));
const times = { created_at: instant, updated_at: instant };

/** What our fields cannot hold of the columns that they are read from. */
const refusals: Readonly<Record<EntityKind, Readonly<Record<string, Refusal>>>> = {
  project: {
    ...times,
    status: planStatus('project'),
    start_date: dateOnly,
    end_date: dateOnly,
    name: atMost(200),
    title: atMost(200),
  },
  sprint: {
    ...times,
    status: planStatus('sprint'),
    start_date: dateOnly,
    end_date: dateOnly,
    committed_points: number,
    name: atMost(200),
    title: atMost(200),
  },
  task: {
    ...times,
    status: wordOf(vocabulary(statusesOf('task'), taskStatusWords)),
    priority: wordOf(vocabulary(priorities, priorityWords)),
    due_at: instant,
    due_date: instant,
    target_date: instant,
    estimate_points: number,
    actual_hours: number,
    title: atMost(500),
    labels: words,
    assignees: words,
    depends_on: words,
  },
};

/** Why a column's value cannot be taken as it stands; undefined where it can. */
export function refusalOf(kind: EntityKind, name: string, value: unknown): string | undefined {
  const refusal = Object.hasOwn(refusals[kind], name) ? refusals[kind][name] : undefined;
  return refusal?.(value);
}

/** Columns that stand in our fields under these names; those of `normalRow` come on top. */
export const directColumns: Readonly<Record<EntityKind, ReadonlySet<string>>> = {
  project: new Set(['id', 'project_id', 'owner', 'start_date', 'created_at', 'updated_at']),
  sprint: new Set([
    'id',
    'sprint_id',
    'owner',
    'start_date',
    'end_date',
    'committed_points',
    'created_at',
    'updated_at',
  ]),
  task: new Set(['id', 'task_id', 'owner', 'priority', 'blocks', 'created_at', 'updated_at']),
};
