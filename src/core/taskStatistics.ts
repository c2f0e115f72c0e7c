import { isDelivered, isFinished } from './lifecycle.ts';
import { roundPoints } from './tally.ts';

/** Tasks of one sprint (or of none) in one status, counted. */
export interface TaskCount {
  readonly sprintId: string | null;
  readonly status: string;
  readonly tasks: number;
  /** The sum of their estimates. */
  readonly points: number;
  readonly unestimated: number;
  /** Due before now and not finished. */
  readonly overdue: number;
}

export interface TaskStatistics {
  readonly tasks: Sums;
  readonly points: Sums;
  readonly blocked: number;
  readonly overdue: number;
  /** Tasks that still count and have no estimate. */
  readonly unestimated: number;
  readonly byStatus: Readonly<Record<string, { readonly tasks: number; readonly points: number }>>;
}

/** `total` leaves out what was dropped. */
interface Sums {
  readonly total: number;
  readonly done: number;
  readonly remaining: number;
}

/** Adds counts up. */
export function taskStatistics(counts: readonly TaskCount[]): TaskStatistics {
  const sum = (of: (count: TaskCount) => number, among = counts) =>
    roundPoints(among.reduce((total, count) => total + of(count), 0));
  const done = counts.filter(({ status }) => isDelivered('task', status));
  const open = counts.filter(({ status }) => !isFinished('task', status));
  const sums = (of: (count: TaskCount) => number): Sums => {
    return { total: sum(of, [...done, ...open]), done: sum(of, done), remaining: sum(of, open) };
  };
  const statuses = [...new Set(counts.map(({ status }) => status))].sort();
  const among = (status: string) => counts.filter((count) => count.status === status);
  return {
    tasks: sums((count) => count.tasks),
    points: sums((count) => count.points),
    blocked: sum((count) => count.tasks, among('blocked')),
    overdue: sum((count) => count.overdue),
    unestimated: sum((count) => count.unestimated, [...done, ...open]),
    byStatus: Object.fromEntries(
      statuses.map((status) => {
        return [status, { tasks: sum((c) => c.tasks, among(status)), points: sum((c) => c.points, among(status)) }];
      }),
    ),
  };
}

/** How much of the work is done, in percent: of the points, or of the tasks where nothing is estimated. */
export function percentDone({ points, tasks }: TaskStatistics): number {
  const of = points.total > 0 ? points : tasks;
  return of.total > 0 ? Math.round((100 * of.done) / of.total) : 0;
}
