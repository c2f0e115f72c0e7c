import { completeSprintRequest, reasonRequest, transitionRequest } from '../../api/actions.ts';
import { inTodaysWords } from '../../api/olderWords.ts';
import type { Entity, EntityByKind } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import { statusOperations, stepOperation } from '../../core/expand.ts';
import { isReopening, requiredField } from '../../core/lifecycle.ts';
import { illegalTransition } from '../../core/rules.ts';
import { completeSprintOperations, unfinished } from '../../core/sprintActions.ts';
import { parseWith } from '../../core/wire.ts';
import type { Transaction } from '../store/store.ts';
import { asObject } from './wireDraft.ts';
import { applyAll, authorOf, findMatching, type WriteNeeds, type WriteRequest } from './writeEntity.ts';

const notValid = 'the body is not valid';

/** One allowed step. @throws DtmError `illegal-transition` with what is allowed, `validation` where a reason lacks */
export function transition(context: WriteNeeds, request: WriteRequest): Promise<Entity> {
  const { kind, actor } = request;
  const { status, reason } = parseWith(transitionRequest(kind), inTodaysWords(kind, asObject(request.body)), notValid);
  return context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    const needed = requiredField(kind, status);
    const isReason = needed === 'blockedReason' || needed === 'pendingReason';
    const draft = isReason && reason !== undefined ? { status, [needed]: reason } : { status };
    const operation = stepOperation(authorOf(context, actor, reason), kind, current, draft);
    return (await applyAll(context, tx, request, [operation])) ?? current;
  });
}

/** The shortest allowed way to a status, every step a change of its own; nothing if it is reached already. */
export function walkTo(context: WriteNeeds, request: WriteRequest, target: string): Promise<Entity> {
  const { kind, actor } = request;
  const { reason } = parseWith(reasonRequest, request.body ?? {}, notValid);
  return context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    const operations = statusOperations(authorOf(context, actor, reason), kind, current, target);
    return (await applyAll(context, tx, request, operations)) ?? current;
  });
}

/** Takes a finished task up again. @throws DtmError `illegal-transition` if it is not finished */
export function reopenTask(context: WriteNeeds, request: WriteRequest): Promise<Entity> {
  const { reason } = parseWith(reasonRequest, request.body ?? {}, notValid);
  return context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    if (!isReopening('task', current.status, 'ready')) throw notFinished(current.status);
    const operation = stepOperation(authorOf(context, request.actor, reason), 'task', current, { status: 'ready' });
    return (await applyAll(context, tx, request, [operation])) ?? current;
  });
}

function notFinished(status: string): DtmError {
  const { details } = illegalTransition('task', status, 'ready');
  return new DtmError('illegal-transition', `only a task that is done or dropped can be reopened; it is ${status}`, {
    hint: 'Use transition to change the status of an open task.',
    details,
  });
}

export interface CompletedSprint {
  readonly sprint: Entity;
  /** Ids of the tasks that went to the next sprint or the backlog. */
  readonly carriedOver: readonly string[];
}

/** Completes a sprint and carries its unfinished tasks over, in one transaction. */
export function completeSprint(
  context: WriteNeeds,
  request: WriteRequest & { readonly kind: 'sprint' },
): Promise<CompletedSprint> {
  const { carry_over_to: targetId, reason } = parseWith(completeSprintRequest, request.body ?? {}, notValid);
  return context.store.write(async (tx) => {
    const current = await findMatching(tx, request);
    const tasks = await tx.entities.tasksOf('sprint_id', current.id);
    const target = typeof targetId === 'string' ? await findTarget(tx, targetId) : targetId;
    const author = authorOf(context, request.actor, reason);
    await applyAll(context, tx, request, completeSprintOperations(author, current, tasks, target));
    const carriedOver = target === undefined ? [] : unfinished(tasks).map((task) => task.id);
    return { sprint: (await tx.entities.find('sprint', current.id)) ?? current, carriedOver };
  });
}

async function findTarget(tx: Transaction, id: string): Promise<EntityByKind['sprint']> {
  const target = await tx.entities.find('sprint', id);
  if (target) return target;
  throw new DtmError('validation', `there is no sprint ${id}`, {
    fields: [{ path: 'carry_over_to', code: 'unknown-reference', message: 'does not exist' }],
    hint: 'Choose a sprint of the same project that is still open, or null for the backlog.',
  });
}
