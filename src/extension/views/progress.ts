import { isOverdue } from '../../core/evaluate.ts';
import { isFinished } from '../../core/lifecycle.ts';
import type { Task } from '../../core/task.ts';

/** How far a set of tasks is; dropped tasks count for nothing. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly overdue: number;
  readonly blocked: number;
  readonly points: number;
  readonly donePoints: number;
}

/** @param now RFC 3339 in UTC */
export function progressOf(tasks: Iterable<Task>, now: string): Progress {
  const sum = { total: 0, done: 0, overdue: 0, blocked: 0, points: 0, donePoints: 0 };
  for (const task of tasks) {
    if (task.status === 'dropped') continue;
    const points = task.estimatePoints ?? 0;
    sum.total += 1;
    sum.points += points;
    if (task.status === 'blocked') sum.blocked += 1;
    if (isFinished('task', task.status)) {
      sum.done += 1;
      sum.donePoints += points;
    } else if (isOverdue('task', task, now)) sum.overdue += 1;
  }
  return sum;
}

/** Whole days from today until a day ends; 0 on that day, negative after it. Both are `YYYY-MM-DD`. */
export function daysUntil(day: string, today: string): number {
  return Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000);
}

/** The calendar day of a moment on this machine, `YYYY-MM-DD`. */
export function localDay(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 10);
}

/** A day so many days after another, both `YYYY-MM-DD`. */
export function daysLater(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
