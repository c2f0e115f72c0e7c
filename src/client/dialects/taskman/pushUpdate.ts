import { applyOperation } from '../../../core/apply.ts';
import { type Entity, isSetField } from '../../../core/entity.ts';
import { type DtmError, isDtmError } from '../../../core/errors.ts';
import type { Operation, UpdateOperation } from '../../../core/operation.ts';
import type { PushResult } from '../../../core/ports.ts';
import { ensureBacklogOf } from './backlog.ts';
import { remaining } from './chain.ts';
import { changesBody, entityFrom } from './mapping.ts';
import { type PushContext, rejected, skipped } from './pushContext.ts';
import type { Row } from './row.ts';
import { isMissing } from './taskmanError.ts';

/**
 * Compares and sets: reads the row, applies the update to it, and sends only what has to change. Another writer who
 * comes between the two is not noticed: TaskMan-v2 has no versions (documented).
 * @param later the operations on the same entity that follow
 */
export async function pushUpdate(
  context: PushContext,
  operation: UpdateOperation,
  later: readonly Operation[],
): Promise<PushResult> {
  const { api, signal } = context.options;
  const { entity: kind, id } = operation;
  const found = await api.find(kind, id, signal);
  if (found.state === 'unreadable') return mend(context, operation);
  if (found.state === 'there') return compareAndSet(context, operation, found.row, later);
  // A deletion that follows may have taken effect before its answer was lost.
  if (later.some((one) => one.kind === 'delete')) return context.applied(operation, null);
  return context.conflict(operation, touchedBy(operation), null);
}

async function compareAndSet(
  context: PushContext,
  operation: UpdateOperation,
  row: Row,
  later: readonly Operation[],
): Promise<PushResult> {
  const { forms, clock } = context.options;
  const kind = operation.entity;
  const current = entityFrom(forms, kind, row, context.get(row.id), clock.now());
  if (!current) return skipped(operation, unreadable(operation));
  const left = remaining(operation, current, row, forms[kind], later);
  const stamp = { now: clock.now(), at: operation.at, actor: operation.account };
  const result = applyOperation(left.current, left.operation, stamp);
  if (result.outcome === 'conflict') return context.conflict(operation, result.fields, current);
  if (!result.changed || !result.entity) return context.applied(operation, left.current);
  const problem = context.problemOf(operation, left.current, result.entity);
  if (problem) return context.conflict(operation, touchedBy(operation), current, problem);
  return send(context, operation, result.entity, row);
}

async function send(context: PushContext, operation: UpdateOperation, wanted: Entity, row: Row): Promise<PushResult> {
  const { api, forms, signal } = context.options;
  const { entity: kind, id } = operation;
  const body = changesBody(forms, kind, wanted, row);
  if (Object.keys(body).length === 0) return context.applied(operation, wanted);
  try {
    if ('primary_sprint' in body) await ensureBacklogOf(context, wanted);
    return taken(context, operation, wanted, await api.change(kind, id, body, signal), body);
  } catch (error) {
    if (isMissing(error, kind)) return context.conflict(operation, touchedBy(operation), null);
    if (isMissing(error)) return context.conflict(operation, touchedBy(operation), context.get(id), error);
    if (isDtmError(error, 'validation')) return rejected(operation, error);
    if (!isDtmError(error, 'bad-request')) throw error;
    return afterRefusal(context, operation, wanted, body, row, error);
  }
}

/** A refusal without an explanation: it may have been stored all the same, and be unreadable now. */
async function afterRefusal(
  context: PushContext,
  operation: UpdateOperation,
  wanted: Entity,
  body: Readonly<Record<string, unknown>>,
  row: Row,
  error: DtmError,
): Promise<PushResult> {
  const { api, forms, signal } = context.options;
  const { entity: kind, id } = operation;
  const found = await api.find(kind, id, signal);
  if (found.state === 'unreadable') {
    const before = Object.keys(body).filter((name) => row[name] !== null && row[name] !== undefined);
    await api
      .change(kind, id, Object.fromEntries(before.map((name) => [name, row[name]])), signal)
      .catch(unlessRetryable);
  } else if (found.state === 'there' && Object.keys(changesBody(forms, kind, wanted, found.row)).length === 0) {
    return taken(context, operation, wanted, found.row, body);
  }
  return rejected(operation, error);
}

/** What the server did not keep of what was sent is not reported as synchronised. */
function taken(
  context: PushContext,
  operation: UpdateOperation,
  wanted: Entity,
  row: Row,
  body: Readonly<Record<string, unknown>>,
): PushResult {
  const { forms, clock } = context.options;
  const kind = operation.entity;
  const lost = forms[kind].filter((form) => form.name in body && !form.holds(wanted, row)).map((form) => form.field);
  const entity = entityFrom(forms, kind, row, wanted, clock.now()) ?? wanted;
  if (lost.length === 0) return context.applied(operation, { ...entity, updatedBy: operation.account });
  return context.conflict(operation, lost, entity);
}

/**
 * Nobody can read the row, so that nothing can be compared. Where the base has it, plain values are written: that is
 * what mends most of them.
 */
async function mend(context: PushContext, operation: UpdateOperation): Promise<PushResult> {
  const { api, forms, clock, signal } = context.options;
  const { entity: kind, id } = operation;
  const known = context.get(id);
  const stamp = { now: clock.now(), at: operation.at, actor: operation.account };
  const result = known && applyOperation(known, operation, stamp);
  const touched = forms[kind].filter(
    (form) => touchedBy(operation).includes(form.field) && !isSetField(kind, form.field),
  );
  if (result?.outcome !== 'applied' || !result.entity || touched.length === 0) {
    return skipped(operation, unreadable(operation));
  }
  const wanted = result.entity;
  const body = Object.fromEntries(touched.map((form) => [form.name, form.write(wanted, undefined)]));
  try {
    return taken(context, operation, wanted, await api.change(kind, id, body, signal), body);
  } catch (error) {
    if (isDtmError(error) && !error.retryable) return skipped(operation, unreadable(operation));
    throw error;
  }
}

function unlessRetryable(error: unknown): void {
  if (!isDtmError(error) || error.retryable) throw error;
}

function touchedBy(operation: UpdateOperation): string[] {
  return [...Object.keys(operation.set), ...Object.keys(operation.sets)];
}

function unreadable({ entity: kind, id }: Operation) {
  return {
    code: 'unavailable',
    message: `the server cannot read ${kind} ${id}: the change waits until it can`,
    hint: 'Whoever runs TaskMan-v2 can correct what is stored; deleting it here works, too.',
  };
}
