import type { Entity, EntityByKind } from '../../core/entity.ts';
import { type Author, createOperation, deleteOperations, stepOperation, updateOperation } from '../../core/expand.ts';
import { type EntityKind, newEntityId } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import { parseField } from '../../core/wire.ts';
import type { ServerContext } from '../context.ts';
import { requireMatch } from '../etag.ts';
import type { Transaction } from '../store/store.ts';
import { applyOne } from './applyOne.ts';
import { isSettled } from './outcome.ts';
import { notFound, wasDeleted } from './refusals.ts';
import type { Writer } from './stamp.ts';
import { asObject, readDraft, readPatch } from './wireDraft.ts';

type Requester = Omit<Writer, 'now'>;

/** A write by one of the single routes: it becomes operations, and takes the way of every operation. */
export interface WriteRequest extends Requester {
  readonly kind: EntityKind;
  readonly id: string;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
}

export type WriteNeeds = Pick<ServerContext, 'store' | 'ids' | 'now'>;

/** @throws DtmError `validation`, `already-exists`, … */
export function createEntity(context: WriteNeeds, request: Omit<WriteRequest, 'id'>): Promise<Entity> {
  const { kind, actor } = request;
  const given = asObject(request.body).id;
  const id = given === undefined ? newEntityId(kind, context.ids.randomBytes) : String(parseField(kind, 'id', given));
  const draft = readDraft(kind, request.body, ['id']);
  const operation = createOperation(authorOf(context, actor), kind, id, draft);
  return context.store.write((tx) => applySingle(context, tx, request, operation));
}

/** @throws DtmError `not-found`, `version-mismatch`, `validation`, `illegal-transition`, … */
export function patchEntity(context: WriteNeeds, request: WriteRequest): Promise<Entity> {
  const { kind, actor } = request;
  return context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    const draft = readPatch(kind, request.body, current);
    const author = authorOf(context, actor);
    // A status that is not even a word is refused by its schema, not by the lifecycle.
    const hasStatus = draft.status !== undefined && parseField(kind, 'status', draft.status) !== current.status;
    const operation = hasStatus
      ? stepOperation(author, kind, current, draft)
      : updateOperation(author, kind, current, draft);
    return applySingle(context, tx, request, operation);
  });
}

/** @throws DtmError `not-found`, `version-mismatch`, `has-dependents` */
export async function deleteEntity(context: WriteNeeds, request: WriteRequest, cascade: boolean): Promise<void> {
  const { kind, id, actor } = request;
  await context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    const dependents = {
      sprints: kind === 'project' ? await tx.entities.sprintsOf(id) : [],
      tasks: kind === 'task' ? [] : await tx.entities.tasksOf(kind === 'project' ? 'project_id' : 'sprint_id', id),
    };
    const operations = deleteOperations(authorOf(context, actor), kind, current, dependents, cascade);
    await applyAll(context, tx, request, operations);
  });
}

/** Brings a deleted entity back; one that is there is left as it is. @throws DtmError `not-found`, … */
export function restoreEntity(context: WriteNeeds, request: WriteRequest): Promise<Entity> {
  const { kind, id, actor } = request;
  return context.store.write(async (tx) => {
    const current = await tx.entities.find(kind, id);
    if (current) return current;
    const tombstone = await tx.tombstones.find(id);
    if (tombstone?.entity !== kind) throw notFound(kind, id);
    const author = authorOf(context, actor);
    const header = { opId: author.newId(), at: author.now(), account: actor, surface: author.surface };
    const operation = { ...header, entity: kind, id, kind: 'restore', before: tombstone.before } as const;
    return applySingle(context, tx, request, operation);
  });
}

/**
 * The entity that a request is about, as it stands.
 * @throws DtmError `not-found`, `version-mismatch`
 */
export async function findMatching<K extends EntityKind>(
  tx: Transaction,
  { kind, id, ifMatch }: WriteRequest & { readonly kind: K },
): Promise<EntityByKind[K]> {
  const current = await tx.entities.find(kind, id);
  if (!current) throw (await tx.tombstones.find(id)) ? wasDeleted(kind, id) : notFound(kind, id);
  requireMatch(ifMatch, kind, current);
  return current;
}

/** Applies all operations or throws, which rolls the transaction back. @returns the last entity, null if deleted */
export async function applyAll(
  context: WriteNeeds,
  tx: Transaction,
  { actor, requestId }: Requester,
  operations: readonly Operation[],
): Promise<Entity | null> {
  let last: Entity | null = null;
  for (const operation of operations) {
    const outcome = await applyOne(tx, operation, { actor, requestId, now: context.now() });
    if (!isSettled(outcome)) throw outcome.problem;
    last = outcome.entity;
  }
  return last;
}

/** Applies an operation that leaves an entity behind. */
async function applySingle(
  context: WriteNeeds,
  tx: Transaction,
  requester: Requester,
  operation: Operation,
): Promise<Entity> {
  const entity = await applyAll(context, tx, requester, [operation]);
  if (!entity) throw notFound(operation.entity, operation.id);
  return entity;
}

export function authorOf(context: WriteNeeds, account: string, reason?: string): Author {
  return { account, surface: 'server', reason, now: context.now, newId: context.ids.ulid };
}
