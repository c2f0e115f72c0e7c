import type { EvidenceEvent } from '../../core/evidence/event.ts';
import type { Sprint } from '../../core/sprint.ts';

/** Something that the ledger has to tell; its entities are immutable, so that this may wait until there is time. */
export interface Happening {
  readonly event: EvidenceEvent;
  /** The sprint of the entity at that moment. */
  readonly sprint?: Sprint | undefined;
}
