import type { ChangeBody } from '../../api/sync.ts';
import { entityToWire } from '../../core/wire.ts';
import type { ChangeRecord, Scope } from '../store/feedTable.ts';

/** A change as it travels; an entity that left the scope is told without what is in it. */
export function changeBodyOf(change: ChangeRecord, scope: Scope): ChangeBody {
  const left = scope !== null && !scope.includes(change.projectId);
  return {
    seq: change.seq,
    entity: change.entity,
    id: change.id,
    kind: left ? 'out_of_scope' : change.kind,
    version: change.version,
    at: change.at,
    by: change.by,
    op_id: change.opId || null,
    data: left || !change.data ? null : entityToWire(change.entity, change.data),
  };
}
