import type { Operation } from '../core/operation.ts';
import { prerequisites } from '../core/rebase.ts';
import { eachObstructed } from '../core/waiting.ts';

/**
 * The pending operations that may be pushed: not those that depend on something that stands aside, nor the rest of
 * their group, which is applied as a whole or not at all.
 * @param parked operations that stand aside until the person decides
 * @param pending in journal order, groups in one piece
 * @param most the first ones are enough: no more than that, but for the rest of a group
 */
export function pushable(parked: readonly Operation[], pending: readonly Operation[], most = Infinity): Operation[] {
  const groups = parked.flatMap(({ groupId }) => groupId ?? []);
  const ofEntities = new Map(parked.map(({ id }) => [id, true]));
  const ofGroups = new Map(groups.map((id) => [id, true]));
  const ready: Operation[] = [];
  for (const { unit, obstacle } of eachObstructed({ ofEntities, ofGroups }, pending)) {
    if (ready.length >= most) break;
    if (!obstacle) ready.push(...unit);
  }
  return ready;
}

/** The operations that cannot be applied before `id` exists, with their groups and what depends on them, in order. */
export function waitingFor(id: string, pending: readonly Operation[]): Operation[] {
  const missing = new Set([id]);
  const waiting = new Set<Operation>();
  for (let before = -1; before < waiting.size; ) {
    before = waiting.size;
    const groups = new Set([...waiting].map((one) => one.groupId));
    groups.delete(undefined);
    for (const operation of pending) {
      if (!groups.has(operation.groupId) && !dependsOn(operation, missing)) continue;
      waiting.add(operation);
      missing.add(operation.id);
    }
  }
  return pending.filter((operation) => waiting.has(operation));
}

/** The chosen operations and every one that depends on them or belongs to their group, in the order given. */
export function withDependents(unsettled: readonly Operation[], opIds: readonly string[]): Operation[] {
  const chosen = new Set(opIds);
  const falling = new Set(unsettled.filter((one) => chosen.has(one.opId)));
  for (let before = -1; before < falling.size; ) {
    before = falling.size;
    const groups = new Set([...falling].map((one) => one.groupId));
    groups.delete(undefined);
    const uncreated = new Set([...falling].filter((one) => one.kind === 'create').map((one) => one.id));
    for (const operation of unsettled)
      if (groups.has(operation.groupId) || dependsOn(operation, uncreated)) falling.add(operation);
  }
  return unsettled.filter((operation) => falling.has(operation));
}

function dependsOn(operation: Operation, ids: ReadonlySet<string>): boolean {
  return ids.has(operation.id) || prerequisites(operation).some((id) => ids.has(id));
}
