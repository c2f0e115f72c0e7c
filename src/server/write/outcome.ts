import type { Entity } from '../../core/entity.ts';
import type { DtmError } from '../../core/errors.ts';

/** What became of one operation. `version` is that of the entity, or of its tombstone after a deletion. */
export type Outcome =
  | { readonly outcome: 'applied' | 'duplicate'; readonly entity: Entity | null; readonly version: number }
  | {
      readonly outcome: 'conflict';
      readonly fields: readonly string[];
      readonly current: Entity | null;
      readonly problem: DtmError;
    }
  | { readonly outcome: 'rejected' | 'skipped'; readonly problem: DtmError };

export function isSettled(outcome: Outcome): outcome is Outcome & { readonly outcome: 'applied' | 'duplicate' } {
  return outcome.outcome === 'applied' || outcome.outcome === 'duplicate';
}
