import type { Disposable, Event, Logger, TrackerStatus } from '../core/ports.ts';
import { contradictionOf, type StoppedChange } from '../core/stoppedChange.ts';
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

/** Two machines with the same policy must not overwrite each other for ever. */
const mostAttempts = 3;

/**
 * Decides conflicts between edits as the person chose once and for all. An edit against a deletion is always asked, and
 * so is what cannot be decided this way, or comes back again and again.
 */
export function followConflictPolicy(options: ConflictPolicyOptions): Disposable {
  const attempts = new Map<string, number>();
  let running = false;
  const decideAll = async () => {
    const side = options.policy();
    if (side === 'ask' || running) return;
    running = true;
    try {
      for (const change of options.changes.list().filter(isDecidable)) {
        const before = attempts.get(change.id) ?? 0;
        if (before >= mostAttempts) continue;
        attempts.set(change.id, before + 1);
        await decide(options, change, side);
      }
    } finally {
      running = false;
    }
  };
  return options.onDidChangeStatus(({ conflicts }) => {
    if (conflicts > 0) void decideAll();
    else attempts.clear();
  });
}

function isDecidable(change: StoppedChange): boolean {
  return change.state === 'conflict' && contradictionOf(change) === 'fields';
}

async function decide(
  { changes, logger }: ConflictPolicyOptions,
  change: StoppedChange,
  side: 'mine' | 'theirs',
): Promise<void> {
  try {
    await changes.resolve(change, { side });
    logger.info('conflict.decided', { id: change.id, side });
  } catch (error) {
    logger.warn('conflict.not-decided', { id: change.id, side, error: String(error) });
  }
}
