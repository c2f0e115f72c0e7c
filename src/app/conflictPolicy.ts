import type { Disposable, Event, Logger, TrackerStatus } from '../core/ports.ts';
import { isBetweenEdits, type StoppedChange } from '../core/stoppedChange.ts';
import type { StoppedChanges } from './stoppedChanges.ts';

/** What becomes of conflicts by itself. `ask`: nothing. */
export const conflictPolicies = ['ask', 'mine', 'theirs'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

export interface ConflictPolicyOptions {
  readonly changes: StoppedChanges;
  readonly onDidChangeStatus: Event<TrackerStatus>;
  readonly policy: () => ConflictPolicy;
  readonly logger: Logger;
}

/** What is refused again and again is for the person to look at. */
const mostAttempts = 3;

/**
 * Decides conflicts between edits as the person chose once and for all. An edit against a deletion is always asked, and
 * so is what cannot be decided this way.
 */
export function followConflictPolicy(options: ConflictPolicyOptions): Disposable {
  const attempts = new Map<string, number>();
  const decideAll = async (): Promise<void> => {
    const side = options.policy();
    if (side === 'ask') return;
    for (const change of options.changes.list().filter(isBetweenEdits)) {
      const before = attempts.get(change.id) ?? 0;
      if (before >= mostAttempts) continue;
      attempts.set(change.id, before + 1);
      if (await decide(options, change, side)) attempts.delete(change.id);
    }
  };
  let isRunning = false;
  let isDue = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (isDue) {
      isDue = false;
      await decideAll();
    }
    isRunning = false;
  };
  return options.onDidChangeStatus(({ conflicts }) => {
    isDue = conflicts > 0;
    if (isDue && !isRunning) void run();
  });
}

/** @returns whether the server has taken the decision */
async function decide(
  { changes, logger }: ConflictPolicyOptions,
  change: StoppedChange,
  side: 'mine' | 'theirs',
): Promise<boolean> {
  try {
    const { arrival } = await changes.resolve(change, { side });
    logger.info('conflict.decided', { id: change.id, side });
    return arrival === 'acknowledged';
  } catch (error) {
    logger.warn('conflict.not-decided', { id: change.id, side, error: String(error) });
    return false;
  }
}
