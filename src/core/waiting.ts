import type { EntityKind } from './ids.ts';
import { eachUnit, type Operation } from './operation.ts';
import type { QueuedOperation } from './ports.ts';
import { prerequisites } from './rebase.ts';
import type { StoppedChange } from './stoppedChange.ts';

/** What stands in the way of operations: by the entity and by the group that it is about. */
export interface Obstacles<T> {
  readonly ofEntities: ReadonlyMap<string, T>;
  readonly ofGroups: ReadonlyMap<string, T>;
}

/** Operations that are applied together, and what stands in their way, if anything does. */
interface ObstructedUnit<T> {
  readonly unit: readonly Operation[];
  readonly obstacle: T | undefined;
}

/**
 * The pending operations in order, each with what stands in its way: those that depend on something that stands aside,
 * and the rest of their group, which is applied as a whole or not at all, cannot be pushed.
 * @param pending in journal order, groups in one piece
 */
export function* eachObstructed<T>(
  obstacles: Obstacles<T>,
  pending: readonly Operation[],
): Generator<ObstructedUnit<T>> {
  const blocked = new Map(obstacles.ofEntities);
  const inTheWayOf = ({ id, groupId }: Operation, needs: readonly string[]): T | undefined => {
    const group = groupId === undefined ? undefined : obstacles.ofGroups.get(groupId);
    const need = [id, ...needs].find((one) => blocked.has(one));
    return group ?? (need === undefined ? undefined : blocked.get(need));
  };
  for (const unit of eachUnit(pending)) {
    const obstacle =
      blocked.size === 0
        ? undefined
        : unit.map((one) => inTheWayOf(one, prerequisites(one))).find((one) => one !== undefined);
    if (obstacle !== undefined) for (const { id } of unit) if (!blocked.has(id)) blocked.set(id, obstacle);
    yield { unit, obstacle };
  }
}

function obstructed<T>(obstacles: Obstacles<T>, pending: readonly Operation[]): Map<Operation, T> {
  const waiting = new Map<Operation, T>();
  for (const { unit, obstacle } of eachObstructed(obstacles, pending))
    if (obstacle !== undefined) for (const operation of unit) waiting.set(operation, obstacle);
  return waiting;
}

/** What waits of one entity. */
export interface WaitingChange {
  readonly entity: EntityKind;
  readonly id: string;
  /** In journal order. */
  readonly operations: readonly [Operation, ...Operation[]];
  /** What has to be decided before it can go on; undefined: only the server is waited for. */
  readonly behind: StoppedChange | undefined;
}

/** What waits for the server, by entity, the oldest first; without what is decided together with a stopped change. */
export function waitingChanges(
  queue: readonly QueuedOperation[],
  stopped: readonly StoppedChange[],
): readonly WaitingChange[] {
  const decided = new Set(stopped.flatMap((change) => operationsOf(change).map(({ opId }) => opId)));
  const pending = queue.map(({ operation }) => operation).filter(({ opId }) => !decided.has(opId));
  const behind = obstructed(obstaclesOf(stopped), pending);
  const byId = new Map<string, [Operation, ...Operation[]]>();
  for (const operation of pending) {
    const known = byId.get(operation.id);
    if (known) known.push(operation);
    else byId.set(operation.id, [operation]);
  }
  return [...byId].map(([id, operations]) => {
    const obstacle = operations.map((one) => behind.get(one)).find((one) => one !== undefined);
    return { entity: operations[0].entity, id, operations, behind: obstacle };
  });
}

function obstaclesOf(stopped: readonly StoppedChange[]): Obstacles<StoppedChange> {
  const ofEntities = new Map<string, StoppedChange>();
  const ofGroups = new Map<string, StoppedChange>();
  for (const change of stopped) {
    for (const { id, groupId } of operationsOf(change)) {
      if (!ofEntities.has(id)) ofEntities.set(id, change);
      if (groupId !== undefined) ofGroups.set(groupId, change);
    }
  }
  return { ofEntities, ofGroups };
}

function operationsOf(change: StoppedChange): readonly Operation[] {
  return [change, ...change.companions].flatMap(({ operations }) => operations);
}
