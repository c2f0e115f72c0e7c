import type { Member, SprintEvent } from './sprintHistory.ts';

/** How much is in a sprint: `remaining` is what is in it and not done. */
export interface Totals {
  readonly scope: number;
  readonly done: number;
  readonly remaining: number;
}

/** What happened over a stretch of time, and the totals at its end. `scope` moves by added − removed + reestimated. */
export interface Tally extends Totals {
  readonly added: number;
  readonly removed: number;
  /** With its sign. */
  readonly reestimated: number;
  readonly completed: number;
  readonly reopened: number;
}

/** What a task counts: its points, or one. */
export type Weight = (member: Member) => number;
export const byPoints: Weight = (member) => member.points;
export const byTasks: Weight = () => 1;

export const noTotals: Totals = { scope: 0, done: 0, remaining: 0 };

/**
 * Adds events up, in the order in which they happened. Dropping a task takes it out of the scope, as removing it does;
 * a new estimate counts before what else the same change did.
 */
export function tally(start: Totals, events: readonly Pick<SprintEvent, 'before' | 'after'>[], weight: Weight): Tally {
  const sum = { added: 0, removed: 0, reestimated: 0, completed: 0, reopened: 0, scope: start.scope, done: start.done };
  for (const { before, after } of events) {
    const [from, to] = [isCounted(before) ? weight(before) : 0, isCounted(after) ? weight(after) : 0];
    const [doneBefore, doneAfter] = [before.state === 'done', after.state === 'done'];
    if (!isCounted(before)) sum.added += to;
    else if (!isCounted(after)) sum.removed += from;
    else {
      sum.reestimated += to - from;
      if (!doneBefore && doneAfter) sum.completed += to;
      if (doneBefore && !doneAfter) sum.reopened += from;
    }
    sum.scope += to - from;
    sum.done += (doneAfter ? to : 0) - (doneBefore ? from : 0);
  }
  return rounded({ ...sum, remaining: sum.scope - sum.done });
}

function isCounted({ state }: Member): boolean {
  return state === 'open' || state === 'done';
}

/** Estimates are decimal fractions: sums are kept free of the noise of binary ones. */
function rounded<T extends Readonly<Record<string, number>>>(sums: T): T {
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, roundPoints(value)])) as T;
}

export function roundPoints(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
