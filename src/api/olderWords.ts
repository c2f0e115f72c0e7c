import type { EntityKind } from '../core/ids.ts';

type Words = Readonly<Record<string, string>>;

const taskStatuses: Words = {
  pending: 'new',
  todo: 'new',
  planned: 'new',
  completed: 'done',
  closed: 'done',
  resolved: 'done',
  cancelled: 'dropped',
};
const priorities: Words = { critical: 'p0', urgent: 'p0', high: 'p1', medium: 'p2', low: 'p3' };
const parents: Words = { primary_project: 'project_id', primary_sprint: 'sprint_id' };

/**
 * A request of an older client in today's words: the names of the parents, the statuses and priorities of tasks. What
 * is in today's words already, or in none, is left as it is; a name of today wins over its older one.
 */
export function inTodaysWords<T extends Readonly<Record<string, unknown>>>(kind: EntityKind, given: T): T {
  const entries = Object.entries(given).flatMap(([name, value]) => {
    const today = kind === 'project' ? name : (own(parents, name) ?? name);
    return today !== name && Object.hasOwn(given, today) ? [] : [[today, wordOf(kind, today, value)] as const];
  });
  return Object.fromEntries(entries) as T;
}

/** The word for one value; several with commas are translated one by one. */
function wordOf(kind: EntityKind, name: string, value: unknown): unknown {
  const words = kind === 'task' ? { status: taskStatuses, priority: priorities }[name] : undefined;
  if (!words || typeof value !== 'string') return value;
  const translated = value.split(',').map((word) => own(words, word) ?? word);
  return translated.join(',');
}

function own(words: Words, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
