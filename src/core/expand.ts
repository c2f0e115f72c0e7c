import { changesOf, type Draft, newEntity } from './draft.ts';
import type { Entity, EntityByKind } from './entity.ts';
import { DtmError } from './errors.ts';
import type { EntityKind } from './ids.ts';
import { isReopening, nextStatuses, statusPath } from './lifecycle.ts';
import type { Operation, OperationHeader, Surface } from './operation.ts';
import { illegalTransition } from './rules.ts';

/** Who acts, where, when and why: what the header of each operation needs beside its subject. */
export interface Author {
  readonly account: string;
  readonly surface: Surface;
  readonly reason?: string | undefined;
  /** The time now, RFC 3339. */
  now(): string;
  /** A new ULID. */
  newId(): string;
}

/** The header of a new operation. */
export function header(author: Author, entity: EntityKind, id: string, groupId?: string): OperationHeader {
  return {
    opId: author.newId(),
    entity,
    id,
    at: author.now(),
    account: author.account,
    surface: author.surface,
    ...(author.reason === undefined ? {} : { reason: author.reason }),
    ...(groupId === undefined ? {} : { groupId }),
  };
}

/**
 * The operation that creates an entity.
 * @throws DtmError `validation`
 */
export function createOperation<K extends EntityKind>(author: Author, kind: K, id: string, draft: Draft): Operation {
  const data = newEntity(kind, id, draft, author.now(), author.account);
  return { ...header(author, kind, id), kind: 'create', data };
}

/**
 * The operation that gives fields new values; empty if nothing changes.
 * @throws DtmError `validation`
 */
export function updateOperation(
  author: Author,
  kind: EntityKind,
  current: Entity,
  draft: Draft,
  groupId?: string,
): Operation {
  return { ...header(author, kind, current.id, groupId), kind: 'update', ...changesOf(kind, current, draft) };
}

/**
 * The operations that lead along the lifecycle to `target`, one allowed step each, as one group.
 * A finished task is reopened only where `target` is `ready`.
 * @throws DtmError `illegal-transition` where no way leads there
 */
export function statusOperations(author: Author, kind: EntityKind, current: Entity, target: string): Operation[] {
  if (isReopening(kind, current.status, target)) return [updateOperation(author, kind, current, { status: target })];
  const path = statusPath(kind, current.status, target);
  if (!path) throw illegalTransition(kind, current.status, target);
  return walk(author, kind, current, path);
}

/**
 * The same, after fields that a status on the way cannot be without: one group, so that they stand or fall together.
 * @throws DtmError `validation`, `illegal-transition`
 */
export function preparedStatusOperations(
  author: Author,
  kind: EntityKind,
  current: Entity,
  target: string,
  needed: Draft,
): Operation[] {
  const groupId = author.newId();
  const before = updateOperation(author, kind, current, needed, groupId);
  const steps = statusOperations(author, kind, { ...current, ...needed } as Entity, target);
  return [before, ...steps.map((step) => ({ ...step, groupId }))];
}

/**
 * The operation for one allowed step, with other fields in the same operation (a reason, an owner).
 * @throws DtmError `illegal-transition` naming the allowed statuses
 */
export function stepOperation(author: Author, kind: EntityKind, current: Entity, draft: Draft): Operation {
  const to = String(draft.status);
  const allowed = nextStatuses(kind, current.status).includes(to) || isReopening(kind, current.status, to);
  if (current.status !== to && !allowed) throw illegalTransition(kind, current.status, to);
  return updateOperation(author, kind, current, draft);
}

function walk(author: Author, kind: EntityKind, current: Entity, path: readonly string[]): Operation[] {
  const groupId = path.length > 1 ? author.newId() : undefined;
  let at: Entity = current;
  return path.map((status) => {
    const operation = updateOperation(author, kind, at, { status }, groupId);
    at = { ...at, status } as Entity;
    return operation;
  });
}

/** What hangs on an entity: what a deletion must take along or let go. */
export interface Dependents {
  readonly sprints: readonly EntityByKind['sprint'][];
  readonly tasks: readonly EntityByKind['task'][];
}

/**
 * The operations that delete an entity. A sprint lets its tasks go; a project takes its sprints and tasks along, only
 * if `cascade` is set. Children come before parents.
 * @throws DtmError `has-dependents` with the counts
 */
export function deleteOperations(
  author: Author,
  kind: EntityKind,
  current: Entity,
  has: Dependents,
  cascade: boolean,
): Operation[] {
  const count = has.sprints.length + has.tasks.length;
  if (kind === 'project' && count > 0 && !cascade)
    throw hasDependents(current.id, has.sprints.length, has.tasks.length);
  const groupId = count > 0 ? author.newId() : undefined;
  const remove = (of: EntityKind, before: Entity): Operation => ({
    ...header(author, of, before.id, groupId),
    kind: 'delete',
    before,
  });
  const release = (task: EntityByKind['task']) => updateOperation(author, 'task', task, { sprintId: null }, groupId);
  if (kind === 'sprint') return [...has.tasks.map(release), remove(kind, current)];
  if (kind === 'task') return [remove(kind, current)];
  return [
    ...has.tasks.map((task) => remove('task', task)),
    ...has.sprints.map((sprint) => remove('sprint', sprint)),
    remove(kind, current),
  ];
}

/** The error for a project that still has something in it. */
export function hasDependents(id: string, sprints: number, tasks: number): DtmError {
  return new DtmError('has-dependents', `${id} still has ${sprints} sprints and ${tasks} tasks`, {
    hint: 'Delete them together with it (cascade), or move them to another project first.',
    details: { sprints, tasks },
  });
}
