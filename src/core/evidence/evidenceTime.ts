import type { Sprint } from '../sprint.ts';

const dayMs = 24 * 60 * 60 * 1_000;

function dayNumber(moment: string): number {
  return Math.floor(Date.parse(moment) / dayMs);
}

/** How far a due day or moment is away, in whole days of UTC: `in 3 days`, `today`, `2 days ago`. */
export function dayDistance(now: string, due: string): string {
  const days = dayNumber(due) - dayNumber(now);
  if (days === 0) return 'today';
  const count = Math.abs(days) === 1 ? '1 day' : `${Math.abs(days)} days`;
  return days > 0 ? `in ${count}` : `${count} ago`;
}

/** Which day of the sprint it is: `3 of 14`, `before it begins`, `after its end`, `none` without dates. */
export function sprintDay(now: string, { startDate, endDate }: Pick<Sprint, 'startDate' | 'endDate'>): string {
  if (startDate === null) return 'none';
  const day = dayNumber(now) - dayNumber(startDate) + 1;
  if (day < 1) return 'before it begins';
  if (endDate === null) return `${day}`;
  const length = dayNumber(endDate) - dayNumber(startDate) + 1;
  return day > length ? 'after its end' : `${day} of ${length}`;
}
