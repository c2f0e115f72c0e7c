import { applyOperation, differingFields } from '../../core/apply.ts';
import type { Entity } from '../../core/entity.ts';
import type { Operation } from '../../core/operation.ts';
import { relationProblem, runCheckAsync } from '../../core/relations.ts';
import { entityProblem } from '../../core/rules.ts';
import type { Transaction } from '../store/store.ts';
import type { Tombstone } from '../store/tombstoneTable.ts';
import { blame } from './blame.ts';
import { dependentsProblem, releaseTasks } from './dependents.ts';
import type { Outcome } from './outcome.ts';
import { recordChange } from './record.ts';
import { alreadyExists, changedMeanwhile, notFound, wasDeleted } from './refusals.ts';
import { stampOf, type Writer, withDerivedTimes } from './stamp.ts';

/**
 * Applies one operation inside a transaction: the only way by which projects, sprints and tasks change.
 * Only an operation that is applied writes anything, and only it uses its id up.
 */
export async function applyOne(tx: Transaction, operation: Operation, writer: Writer): Promise<Outcome> {
  const repeated = await findDuplicate(tx, operation.opId);
  if (repeated) return repeated;
  const current = await tx.entities.find(operation.entity, operation.id);
  const tombstone = current ? null : await tx.tombstones.find(operation.id);
  const outcome = refuse(operation, current, tombstone) ?? (await attempt(tx, operation, current, tombstone, writer));
  if (outcome.outcome === 'applied') {
    const { opId, entity, id, kind } = operation;
    await tx.operations.add({ opId, entity, id, kind, version: outcome.version, at: writer.now, by: writer.actor });
  }
  return outcome;
}

/** The answer to an operation that was applied before: how the entity stands now. */
export async function findDuplicate(tx: Transaction, opId: string): Promise<Outcome | null> {
  const applied = await tx.operations.find(opId);
  if (!applied) return null;
  const entity = await tx.entities.find(applied.entity, applied.id);
  const version = entity?.version ?? (await tx.tombstones.find(applied.id))?.version ?? applied.version;
  return { outcome: 'duplicate', entity, version };
}

/** What can be told from whether the entity is there at all. */
function refuse(operation: Operation, current: Entity | null, tombstone: Tombstone | null): Outcome | null {
  const { entity: kind, id } = operation;
  if (operation.kind === 'create' && (current || tombstone)) {
    const fields = current ? differingFields(current, operation.data) : [];
    return { outcome: 'conflict', fields, current, problem: alreadyExists(kind, id, !current) };
  }
  if (operation.kind === 'update' && !current) {
    if (!tombstone) return { outcome: 'rejected', problem: notFound(kind, id) };
    const fields = [...Object.keys(operation.set), ...Object.keys(operation.sets)];
    return { outcome: 'conflict', fields, current: null, problem: wasDeleted(kind, id) };
  }
  if (operation.kind === 'restore' && !current) return refuseRestore(operation.before, tombstone, kind, id);
  return null;
}

function refuseRestore(
  before: Entity,
  tombstone: Tombstone | null,
  kind: Operation['entity'],
  id: string,
): Outcome | null {
  if (!tombstone) return { outcome: 'rejected', problem: notFound(kind, id) };
  const fields = differingFields(tombstone.before, before);
  if (fields.length === 0) return null;
  return { outcome: 'conflict', fields, current: null, problem: changedMeanwhile(kind, id, fields, tombstone.before) };
}

async function attempt(
  tx: Transaction,
  operation: Operation,
  current: Entity | null,
  tombstone: Tombstone | null,
  writer: Writer,
): Promise<Outcome> {
  const { entity: kind, id } = operation;
  const version = nextVersion(operation, current, tombstone);
  const stamp = stampOf(operation, current ?? tombstone?.before ?? null, writer, version);
  const result = applyOperation(current, trusted(operation, tombstone, stamp.at), stamp);
  if (result.outcome === 'conflict') {
    return { ...result, problem: changedMeanwhile(kind, id, result.fields, result.current) };
  }
  if (!result.changed) return { outcome: 'applied', entity: result.entity, version: current?.version ?? version };
  const problem = await findProblem(tx, operation, current, result.entity);
  if (problem) return problem;
  if (kind === 'sprint' && !result.entity) await releaseTasks(tx, operation, writer);
  await recordChange(tx, operation, { previous: current, next: result.entity, version }, { ...writer, now: stamp.now });
  return { outcome: 'applied', entity: result.entity, version };
}

function nextVersion(operation: Operation, current: Entity | null, tombstone: Tombstone | null): number {
  if (operation.kind === 'create') return 1;
  if (current) return current.version + 1;
  if (operation.kind === 'restore' && tombstone) return tombstone.version + 1;
  return tombstone?.version ?? ('before' in operation ? operation.before.version + 1 : 1);
}

/** The operation with what the client cannot know better than the server replaced. */
function trusted(operation: Operation, tombstone: Tombstone | null, at: string): Operation {
  if (operation.kind === 'create') {
    return { ...operation, data: withDerivedTimes(operation.entity, operation.data, at) };
  }
  if (operation.kind === 'restore' && tombstone) return { ...operation, before: tombstone.before };
  return operation;
}

async function findProblem(
  tx: Transaction,
  operation: Operation,
  current: Entity | null,
  next: Entity | null,
): Promise<Outcome | null> {
  const { entity: kind } = operation;
  const hanging = await dependentsProblem(tx, operation, current, next);
  if (hanging) return { outcome: 'conflict', fields: [], current, problem: hanging };
  if (!next) return null;
  const find = (id: string) => tx.entities.findAny(id);
  const related = relationProblem(kind, next, current, operation.kind === 'create');
  const problem = entityProblem(kind, current, next) ?? (await runCheckAsync(related, find));
  return problem ? blame(tx, operation, problem, current) : null;
}
