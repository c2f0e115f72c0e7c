import { type LegacyTask, legacyProjects, legacySprints, legacyTasks, legacyTime } from './rows.ts';
import type { Variant } from './variants.ts';

type Fields = Readonly<Record<string, unknown>>;
type Resource = 'projects' | 'sprints' | 'tasks';

const singular = { projects: 'project', sprints: 'sprint', tasks: 'task' } as const;

/** The rows of a resource as the variant answers with them. */
export function rowsOf(variant: Variant, resource: Resource): readonly Fields[] {
  const [project, sprint] = variant.parents;
  if (resource === 'projects')
    return legacyProjects.map((row) => ({ ...identity(variant, resource, row.number), ...rest(row) }));
  if (resource === 'sprints') {
    const parent = { [project]: idOf(variant, 'projects', 1) };
    return legacySprints.map((row) => ({ ...identity(variant, resource, row.number), ...rest(row), ...parent }));
  }
  return tasksOf(variant).map((row) => ({
    ...identity(variant, resource, row.number),
    title: row.title,
    description: `About ${row.title}`,
    status: variant.statuses[row.status],
    priority: variant.priorities[row.priority],
    [project]: idOf(variant, 'projects', 1),
    [sprint]: row.sprint === undefined ? null : idOf(variant, 'sprints', row.sprint),
    ...(row.shape !== undefined && { shape: row.shape }),
    created_at: legacyTime,
    updated_at: legacyTime,
  }));
}

/** The tasks that the variant has words for. */
function tasksOf(variant: Variant): readonly LegacyTask[] {
  return legacyTasks.filter(({ status, priority }) => variant.statuses[status] && variant.priorities[priority]);
}

function idOf(variant: Variant, resource: Resource, number: number): string {
  return `${variant.ids[resource]}${variant.ids[resource].length > 7 ? number : String(number).padStart(3, '0')}`;
}

function identity(variant: Variant, resource: Resource, number: number): Fields {
  const id = idOf(variant, resource, number);
  return variant.hasNumericIds ? { id: number, [`${singular[resource]}_id`]: id } : { id };
}

function rest<T extends { readonly number: number }>({ number: _number, ...fields }: T): Fields {
  return { ...fields, created_at: legacyTime };
}
