import type * as z from 'zod';
import type { burndownAnswer, progressAnswer, summaryAnswer } from '../../api/reports.ts';
import { type Burndown, daysFrom } from '../../core/burndown.ts';
import type { Project } from '../../core/project.ts';
import type { Sprint } from '../../core/sprint.ts';
import { percentDone, type TaskCount, taskStatistics } from '../../core/taskStatistics.ts';
import type { Velocity } from '../../core/velocity.ts';

/** @param now RFC 3339 in UTC */
export function progressBody(
  sprint: Sprint,
  counts: readonly TaskCount[],
  now: string,
): z.infer<typeof progressAnswer> {
  const { startDate: start, endDate: end } = sprint;
  const today = now.slice(0, 10);
  const from = start !== null && start > today ? start : today;
  return {
    ...headOf(sprint),
    ...statisticsOf(counts),
    days_total: start === null || end === null ? null : daysFrom(start, end),
    days_left: end === null ? null : Math.max(0, daysFrom(from, end)),
    committed_points: sprint.committedPoints,
    velocity_target_points: sprint.velocityTargetPoints,
  };
}

export function burndownBody(sprint: Sprint, { committed, days }: Burndown): z.infer<typeof burndownAnswer> {
  return { ...headOf(sprint), committed, days: [...days] };
}

export function summaryBody(
  project: Project,
  sprints: readonly Sprint[],
  counts: readonly TaskCount[],
  { average, sprints: results }: Velocity,
): z.infer<typeof summaryAnswer> {
  const countsOf = (sprintId: string | null) => counts.filter((count) => count.sprintId === sprintId);
  return {
    project_id: project.id,
    name: project.name,
    status: project.status,
    ...statisticsOf(counts),
    backlog: statisticsOf(countsOf(null)),
    sprints: sprints.map((sprint) => ({ ...headOf(sprint), ...statisticsOf(countsOf(sprint.id)) })),
    velocity: {
      average,
      sprints: results.map(({ sprintId, completedAt, ...rest }) => {
        return { sprint_id: sprintId, completed_at: completedAt, ...rest };
      }),
    },
  };
}

function headOf({ id, name, status, startDate, endDate }: Sprint) {
  return { sprint_id: id, name, status, start_date: startDate, end_date: endDate };
}

function statisticsOf(counts: readonly TaskCount[]) {
  const statistics = taskStatistics(counts);
  const { byStatus, ...rest } = statistics;
  return { ...rest, by_status: byStatus, percent_done: percentDone(statistics) };
}
