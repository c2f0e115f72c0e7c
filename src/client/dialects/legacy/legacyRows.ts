import * as z from 'zod';
import { type EntityKind, entityIdPattern, entityKinds, prefixOf } from '../../../core/ids.ts';
import { hashOf, type Row } from '../taskman/row.ts';

type Raw = Readonly<Record<string, unknown>>;

const rawRow = z.record(z.string(), z.unknown());
const rawRows = z.array(rawRow);

/** Where older servers put a list: in the body itself, or under one of these names. */
const envelopes = ['items', 'data', 'tasks', 'projects', 'sprints'] as const;

/** The rows of a list in any of the five envelopes; undefined if the body is no list. */
export function rowsIn(body: unknown): readonly Raw[] | undefined {
  const bare = rawRows.safeParse(body);
  if (bare.success) return bare.data;
  const object = rawRow.safeParse(body);
  if (!object.success) return undefined;
  for (const name of envelopes) {
    const inner = rawRows.safeParse(object.data[name]);
    if (inner.success) return inner.data;
  }
  return undefined;
}

/** Names of ours in rows of TaskMan-v2, and under which older servers may have them, the best first. */
const names: Readonly<Record<EntityKind, Readonly<Record<string, readonly string[]>>>> = {
  project: {
    name: ['name', 'title', 'project_name'],
    mission: ['mission', 'description'],
    status: ['status', 'project_status'],
    target_end_date: ['target_end_date', 'end_date'],
  },
  sprint: {
    name: ['name', 'title', 'sprint_name'],
    goal: ['goal', 'description'],
    status: ['status', 'sprint_status'],
    primary_project: ['project_id', 'primary_project', 'project'],
  },
  task: {
    title: ['title', 'name', 'task_name'],
    description: ['description', 'task_description', 'summary'],
    status: ['status', 'task_status'],
    primary_project: ['project_id', 'primary_project', 'project'],
    primary_sprint: ['sprint_id', 'primary_sprint', 'sprint'],
    assignees: ['assignees', 'assignee'],
    labels: ['labels', 'tags'],
    estimate_points: ['estimate_points', 'story_points'],
    actual_time_hours: ['actual_time_hours', 'actual_hours'],
    due_at: ['due_at', 'due_date', 'target_date'],
    depends_on: ['depends_on', 'dependencies'],
    parents: ['parents', 'parent_id'],
    work_type: ['work_type', 'task_type'],
  },
};
const lists: ReadonlySet<string> = new Set(['assignees', 'labels', 'depends_on', 'parents']);
const references: Readonly<Record<string, EntityKind>> = {
  primary_project: 'project',
  primary_sprint: 'sprint',
  depends_on: 'task',
  parents: 'task',
};

/**
 * A row of an older server in the names of TaskMan-v2, with ids of our form.
 * @returns undefined if it has no id
 */
export function normalRow(kind: EntityKind, given: Raw): Row | undefined {
  const raw = inSnakeCase(given);
  const ownId = raw[`${kind}_id`];
  const id = idFrom(kind, typeof ownId === 'string' && typeof raw.id !== 'string' ? ownId : (raw.id ?? ownId));
  if (id === undefined) return undefined;
  const row: Record<string, unknown> = { ...raw, id };
  const sources = sourcesOf(kind, raw);
  for (const name of Object.keys(names[kind])) {
    const source = sources[name];
    row[name] = memberOf(name, source === undefined ? undefined : raw[source]);
  }
  return row as Row;
}

/** The members of a row that names of ours are read from. @param raw with names in snake case */
export function sourcesOf(kind: EntityKind, raw: Raw): Readonly<Record<string, string | undefined>> {
  const sourceOf = (candidates: readonly string[]) => candidates.find((candidate) => isGiven(raw[candidate]));
  return Object.fromEntries(Object.entries(names[kind]).map(([name, candidates]) => [name, sourceOf(candidates)]));
}

function memberOf(name: string, value: unknown): unknown {
  const kind = references[name];
  const one = (given: unknown) => (kind ? idFrom(kind, given) : given);
  if (!lists.has(name)) return one(value) ?? null;
  const given = Array.isArray(value) ? value : isGiven(value) ? [value] : [];
  return given.map(one).filter(isGiven);
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

const longest = 64;

/** An id of our form for whatever an older server uses: `TASK-001` becomes `T-TASK-001`, 17 becomes `T-17`. */
function idFrom(kind: EntityKind, given: unknown): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  const text = String(given).trim();
  const prefix = prefixOf(kind);
  if (text.startsWith(prefix) && entityIdPattern.test(text)) return text;
  const clean = text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
  if (clean === '' && text === '') return undefined;
  const isExact = clean === text && clean.length <= longest;
  // Two ids must not become one because what tells them apart was cut off.
  return prefix + (isExact ? clean : `${clean.slice(0, longest - 9)}-${hashOf(text)}`);
}

function inSnakeCase(raw: Raw): Raw {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [snake(name), value]));
}

export type RowsByKind = Readonly<Record<EntityKind, readonly Row[]>>;

/** What tasks without a project are put into. */
export const homeless = { id: 'P-WITHOUT-PROJECT', name: 'Without a project' };

/** Rows that refer only to each other, and the references that were left out for that. */
export interface Coherent {
  readonly rows: RowsByKind;
  readonly leftOut: readonly { readonly id: string; readonly member: string; readonly target: string }[];
}

/**
 * Makes the rows refer only to each other: a project that is named and not listed is made up, every other reference to
 * what is not there is left out.
 */
export function coherent(rows: RowsByKind): Coherent {
  const listed = new Set(entityKinds.flatMap((kind) => rows[kind].map((row) => row.id)));
  const housed = (row: Row): Row => (isGiven(row.primary_project) ? row : { ...row, primary_project: homeless.id });
  const sprints = rows.sprint.map(housed);
  const projectOfSprint = new Map(sprints.map((sprint) => [sprint.id, sprint.primary_project]));
  const leftOut: Coherent['leftOut'][number][] = [];
  const tasks = rows.task.map(housed).map((task): Row => {
    const kept = (member: string, isFit: (target: string) => boolean): string[] => {
      const targets = [task[member]].flat().filter(isGiven).map(String);
      for (const target of targets) if (!isFit(target)) leftOut.push({ id: task.id, member, target });
      return targets.filter(isFit);
    };
    const [sprint = null] = kept('primary_sprint', (id) => projectOfSprint.get(id) === task.primary_project);
    const dependsOn = kept('depends_on', (id) => listed.has(id) && id !== task.id);
    const parents = kept('parents', (id) => listed.has(id) && id !== task.id);
    return { ...task, primary_sprint: sprint, depends_on: dependsOn, parents };
  });
  const named = new Set([...sprints, ...tasks].map((row) => String(row.primary_project)));
  const made = [...named]
    .filter((id) => !listed.has(id))
    .map((id) => (id === homeless.id ? homeless : { id, name: id }));
  return { rows: { project: [...rows.project, ...made], sprint: sprints, task: tasks }, leftOut };
}
