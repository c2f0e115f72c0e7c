import type { EntityByKind } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { TreeReader } from './treeModel.ts';

/** All entities of a kind, in no particular order. */
export function everything<K extends EntityKind>(tracker: TreeReader, kind: K): readonly EntityByKind[K][] {
  return tracker.list(kind, { filter: {}, sort: [], offset: 0, limit: Number.MAX_SAFE_INTEGER }).items;
}
