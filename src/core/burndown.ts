import type { SprintEvent } from './sprintHistory.ts';
import { byPoints, byTasks, noTotals, roundPoints, type Tally, type Totals, tally, type Weight } from './tally.ts';

/** A change of a sprint's content, with its place in the order of all changes. */
export interface RecordedEvent extends SprintEvent {
  readonly seq: number;
  /** RFC 3339 in UTC. */
  readonly at: string;
}

/** When a sprint was really begun and ended: the numbers of those changes; null where it was not. */
export interface SprintSpan {
  /** `YYYY-MM-DD`. */
  readonly firstDay: string;
  /** The planned end, `YYYY-MM-DD`. */
  readonly endDay: string | null;
  readonly startedSeq: number | null;
  readonly finishedSeq: number | null;
  /** The last day that has something to tell: the one on which it was finished, otherwise today. */
  readonly lastDay: string;
}

export interface BurndownDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly points: Tally;
  readonly tasks: Tally;
  /** Points that would be left at the end of this day if all days did the same; null without a planned end. */
  readonly ideal: number | null;
}

export interface Burndown {
  /** What was in the sprint when it began. */
  readonly committed: { readonly points: Totals; readonly tasks: Totals };
  readonly days: readonly BurndownDay[];
}

/** A sprint whose dates span centuries is shown by its last days only. */
const mostDays = 366;
const dayMs = 24 * 60 * 60 * 1_000;

/**
 * A burndown from history, day by day. What was in the sprint before its first day, or before it was started, is its
 * commitment; whatever happens after it was finished (what is carried over) is not its history any more.
 * @param history in the order of changes
 */
export function burndown(span: SprintSpan, history: readonly RecordedEvent[]): Burndown {
  const events = history.filter(({ seq }) => span.finishedSeq === null || seq < span.finishedSeq);
  const isEarly = (event: RecordedEvent) => dayOf(event.at) < span.firstDay || event.seq < (span.startedSeq ?? 0);
  const early = events.filter(isEarly);
  const committed = { points: totalsOf(early, byPoints), tasks: totalsOf(early, byTasks) };
  const later = events.filter((event) => !isEarly(event));
  return { committed, days: daysOf(span, committed, later) };
}

function totalsOf(events: readonly RecordedEvent[], weight: Weight): Totals {
  const { scope, done, remaining } = tally(noTotals, events, weight);
  return { scope, done, remaining };
}

function daysOf(span: SprintSpan, committed: Burndown['committed'], events: readonly RecordedEvent[]): BurndownDay[] {
  const shown = daysBetween(span.firstDay, span.lastDay);
  const byDay = groupByDay(events);
  const unseen = events.filter((event) => dayOf(event.at) < (shown[0] ?? ''));
  let points: Totals = tally(committed.points, unseen, byPoints);
  let tasks: Totals = tally(committed.tasks, unseen, byTasks);
  return shown.map((date) => {
    const today = byDay.get(date) ?? [];
    const day = { date, points: tally(points, today, byPoints), tasks: tally(tasks, today, byTasks) };
    ({ points, tasks } = day);
    return { ...day, ideal: idealAfter(span, committed.points.remaining, date) };
  });
}

function groupByDay(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const days = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const day = days.get(dayOf(event.at)) ?? [];
    days.set(dayOf(event.at), day);
    day.push(event);
  }
  return days;
}

function idealAfter({ firstDay, endDay }: SprintSpan, points: number, date: string): number | null {
  if (endDay === null) return null;
  return roundPoints(Math.max(0, points * (1 - daysFrom(firstDay, date) / Math.max(1, daysFrom(firstDay, endDay)))));
}

/** The last days from one to another, both included; none if the second is the earlier one. */
function daysBetween(first: string, last: string): string[] {
  const count = Math.min(mostDays, Math.max(0, daysFrom(first, last)));
  const begin = Date.parse(last) - (count - 1) * dayMs;
  return Array.from({ length: count }, (_, index) => dayOf(new Date(begin + index * dayMs).toISOString()));
}

/** How many days there are from one to another, both counted. */
export function daysFrom(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / dayMs + 1;
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}
