import { differingFields } from '../../../core/apply.ts';
import { DtmError, isDtmError } from '../../../core/errors.ts';
import type { DeleteOperation, Operation } from '../../../core/operation.ts';
import type { Logger, PushResult } from '../../../core/ports.ts';
import { prerequisites } from '../../../core/rebase.ts';
import { removeBacklog } from './backlog.ts';
import type { CrashCounts } from './crashCounts.ts';
import { localOnlyFields } from './forms.ts';
import { entityFrom } from './mapping.ts';
import { PushContext, type PushOptions, skipped } from './pushContext.ts';
import { pushCreate } from './pushCreate.ts';
import { pushUpdate } from './pushUpdate.ts';

/** Answers are recorded after each push: a crash costs no more than comparing so many operations again. */
const mostAnswers = 50;

/**
 * Pushes operations one by one, in order. A group is not atomic here: what of it was applied before one failed stays.
 * What depends on a failed one waits.
 * @returns a result for each of the first ones; fewer than all where something interrupted it
 */
export async function pushInOrder(
  operations: readonly Operation[],
  options: PushOptions,
  crashes: CrashCounts,
  logger: Logger,
): Promise<PushResult[]> {
  const context = new PushContext(options);
  const failed = new FailedOnes();
  const results: PushResult[] = [];
  let answered = 0;
  for (const [index, operation] of operations.entries()) {
    if (answered === mostAnswers) break;
    if (failed.isInWayOf(operation)) {
      results.push(skipped(operation, waiting));
      failed.add(operation);
      continue;
    }
    try {
      const result = await crashes.guard(operation, () => pushOne(context, operation, operations.slice(index + 1)));
      results.push(result);
      if (result.outcome !== 'applied') failed.add(operation);
      if (result.outcome !== 'skipped') answered++;
    } catch (error) {
      if (answered === 0 || isDtmError(error, 'cancelled')) throw error;
      logger.info('push.interrupted', { after: results.length, code: isDtmError(error) ? error.code : 'internal' });
      break;
    }
  }
  return results;
}

function pushOne(context: PushContext, operation: Operation, rest: readonly Operation[]): Promise<PushResult> {
  const later = rest.filter((one) => one.id === operation.id);
  switch (operation.kind) {
    case 'create':
    case 'restore':
      return pushCreate(context, operation, later);
    case 'update':
      return pushUpdate(context, operation, later);
    case 'delete':
      return pushDelete(context, operation);
  }
}

/** Deletes what is still as the person saw it; a row that nobody can read is deleted without comparing. */
async function pushDelete(context: PushContext, operation: DeleteOperation): Promise<PushResult> {
  const { api, forms, clock, signal } = context.options;
  const { entity: kind, id, before } = operation;
  const found = await api.find(kind, id, signal);
  if (found.state === 'there') {
    const current = entityFrom(forms, kind, found.row, context.get(id) ?? before, clock.now());
    const local = localOnlyFields(forms)[kind];
    const fields = current ? differingFields(current, before).filter((field) => !local.includes(field)) : [];
    if (current && fields.length > 0) return context.conflict(operation, fields, current);
  }
  if (found.state !== 'missing') await api.remove(kind, id, signal);
  if (kind === 'project') await removeBacklog(context, id);
  return context.applied(operation, null);
}

/** What failed, and so stands in the way of what builds on it. */
class FailedOnes {
  readonly #ids = new Set<string>();
  readonly #groups = new Set<string>();

  add({ id, groupId }: Operation): void {
    this.#ids.add(id);
    if (groupId !== undefined) this.#groups.add(groupId);
  }

  isInWayOf(operation: Operation): boolean {
    const isOfGroup = operation.groupId !== undefined && this.#groups.has(operation.groupId);
    return isOfGroup || this.#ids.has(operation.id) || prerequisites(operation).some((id) => this.#ids.has(id));
  }
}

const waiting = new DtmError('conflict', 'something that it builds on, or of the same group, was not taken');
