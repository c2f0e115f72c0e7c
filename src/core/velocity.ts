import { roundPoints, type Totals } from './tally.ts';

/** What a completed sprint committed itself to, and what it had done when it was completed, in points. */
export interface SprintResult {
  readonly sprintId: string;
  readonly name: string;
  /** RFC 3339. */
  readonly completedAt: string | null;
  readonly committed: number;
  readonly completed: number;
}

export interface Velocity {
  /** The oldest first. */
  readonly sprints: readonly SprintResult[];
  /** Points per sprint; null before the first sprint was completed. */
  readonly average: number | null;
}

/** How many sprints the velocity is measured by. */
export const velocitySprints = 5;

/** The mean of what the last five sprints completed. */
export function velocity(results: readonly SprintResult[]): Velocity {
  const sprints = results.slice(-velocitySprints);
  const sum = sprints.reduce((total, sprint) => total + sprint.completed, 0);
  return { sprints, average: sprints.length > 0 ? roundPoints(sum / sprints.length) : null };
}

/** What a sprint came to: the totals at its end. */
export function sprintResult(
  sprint: { readonly id: string; readonly name: string; readonly completedAt: string | null },
  committed: Totals,
  end: Totals,
): SprintResult {
  const { id: sprintId, name, completedAt } = sprint;
  return { sprintId, name, completedAt, committed: committed.scope, completed: end.done };
}
