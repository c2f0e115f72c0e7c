import { applyOperation } from '../../../core/apply.ts';
import type { Entity } from '../../../core/entity.ts';
import { DtmError, isDtmError } from '../../../core/errors.ts';
import type { CreateOperation, Operation, RestoreOperation } from '../../../core/operation.ts';
import type { PushResult } from '../../../core/ports.ts';
import { ensureBacklogOf } from './backlog.ts';
import { imagesAfter } from './chain.ts';
import { creationBody, entityFrom } from './mapping.ts';
import { type PushContext, rejected } from './pushContext.ts';
import type { Row } from './row.ts';
import { isMissing } from './taskmanError.ts';

type Creation = CreateOperation | RestoreOperation;

/** Refusals that a row may have been stored in spite of. */
const doubtful: ReadonlySet<string> = new Set(['bad-request', 'already-exists']);

/**
 * Creates what does not exist yet. What exists and says the same was created by an attempt whose answer was lost.
 * @param later the operations on the same entity that follow
 */
export async function pushCreate(
  context: PushContext,
  operation: Creation,
  later: readonly Operation[],
): Promise<PushResult> {
  const { api, signal } = context.options;
  const stamp = { now: context.options.clock.now(), at: operation.at, actor: operation.account };
  const result = applyOperation(null, operation, stamp);
  if (result.outcome !== 'applied' || !result.entity) throw new DtmError('internal', 'a creation made nothing');
  const wanted = result.entity;
  const found = await api.find(operation.entity, operation.id, signal);
  if (found.state === 'there') return existing(context, operation, wanted, found.row, later);
  if (found.state === 'unreadable') return mend(context, operation, wanted);
  return create(context, operation, wanted, later);
}

async function create(
  context: PushContext,
  operation: Creation,
  wanted: Entity,
  later: readonly Operation[],
): Promise<PushResult> {
  const { api, forms, signal } = context.options;
  const { entity: kind, id } = operation;
  try {
    await ensureBacklogOf(context, wanted);
    const row = await api.create(kind, creationBody(forms, kind, wanted), signal);
    return context.applied(operation, seen(context, operation, wanted, row));
  } catch (error) {
    if (isDtmError(error, 'validation') || isMissing(error)) return rejected(operation, error);
    if (!isDtmError(error) || !doubtful.has(error.code)) throw error;
    const found = await api.find(kind, id, signal);
    if (found.state === 'there') return existing(context, operation, wanted, found.row, later);
    return found.state === 'unreadable' ? mend(context, operation, wanted) : rejected(operation, error);
  }
}

function existing(
  context: PushContext,
  operation: Creation,
  wanted: Entity,
  row: Row,
  later: readonly Operation[],
): PushResult {
  const images = imagesAfter(wanted, later);
  const differing = context.formsOf(operation).filter((form) => !images.some((image) => form.holds(image, row)));
  const fields = differing.map((form) => form.field);
  if (fields.length > 0) return context.conflict(operation, fields, seen(context, operation, context.get(row.id), row));
  return context.applied(operation, seen(context, operation, wanted, row));
}

/**
 * A row that was stored and cannot be read back would spoil every list that it is in: it is written once more, and if
 * that does not help, deleted. Its id is ours, made at random, so that it is nobody else's.
 */
async function mend(context: PushContext, operation: Creation, wanted: Entity): Promise<PushResult> {
  const { api, forms, signal } = context.options;
  const { entity: kind, id } = operation;
  const { id: _, ...body } = creationBody(forms, kind, wanted);
  try {
    return context.applied(operation, seen(context, operation, wanted, await api.change(kind, id, body, signal)));
  } catch (error) {
    if (!isDtmError(error) || error.retryable) throw error;
    await api.requireDatabase(signal);
    await api.remove(kind, id, signal);
    return rejected(operation, unstorable(kind, error));
  }
}

/** The row in our terms; `known` where it is none that we can show. */
function seen(context: PushContext, { entity: kind }: Operation, known: Entity | null, row: Row): Entity | null {
  return entityFrom(context.options.forms, kind, row, known, context.options.clock.now()) ?? known;
}

function unstorable(kind: string, cause: DtmError): DtmError {
  return new DtmError(
    'validation',
    `TaskMan-v2 stored this ${kind}, but could not read it back; it was removed there`,
    {
      hint: 'Simplify its texts and try again.',
      cause,
    },
  );
}
