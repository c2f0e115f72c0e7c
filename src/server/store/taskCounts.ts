import { type Kysely, sql } from 'kysely';
import { isFinished, statusesOf } from '../../core/lifecycle.ts';
import type { TaskCount } from '../../core/taskStatistics.ts';
import type { Database } from './schema.ts';

const finished = statusesOf('task').filter((status) => isFinished('task', status));

/**
 * The tasks of a project or a sprint, counted by sprint and status.
 * @param now RFC 3339 in UTC, what `overdue` is measured against
 */
export async function countTasks(
  db: Kysely<Database>,
  field: 'project_id' | 'sprint_id',
  id: string,
  now: string,
): Promise<TaskCount[]> {
  const isLate = sql`due_at < ${now} and status not in (${sql.join(finished)})`;
  const rows = await db
    .selectFrom('tasks')
    .where(field, '=', id)
    .groupBy(['sprint_id', 'status'])
    .select(['sprint_id', 'status'])
    .select([
      sql<number>`count(*)`.as('tasks'),
      sql<number>`coalesce(sum(estimate_points), 0)`.as('points'),
      sql<number>`sum(case when estimate_points is null then 1 else 0 end)`.as('unestimated'),
      sql<number>`sum(case when ${isLate} then 1 else 0 end)`.as('overdue'),
    ])
    .execute();
  return rows.map((row) => ({
    sprintId: row.sprint_id === null ? null : String(row.sprint_id),
    status: String(row.status),
    tasks: Number(row.tasks),
    points: Number(row.points),
    unestimated: Number(row.unestimated),
    overdue: Number(row.overdue),
  }));
}
