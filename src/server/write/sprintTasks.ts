import { sprintTasksRequest } from '../../api/actions.ts';
import type { EntityByKind } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import { assignOperation } from '../../core/sprintActions.ts';
import { parseWith } from '../../core/wire.ts';
import type { Transaction } from '../store/store.ts';
import { applyAll, authorOf, findMatching, type WriteNeeds, type WriteRequest } from './writeEntity.ts';

type Task = EntityByKind['task'];

export interface Moved {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Puts tasks into a sprint and takes others out, all of them or none. What already is as wished is left alone.
 * @throws DtmError `validation` naming a task that does not exist or is in both lists, `sprint-project-mismatch`
 */
export function moveSprintTasks(
  context: WriteNeeds,
  request: WriteRequest & { readonly kind: 'sprint' },
): Promise<Moved> {
  const given = parseWith(sprintTasksRequest, request.body ?? {}, 'the body is not valid');
  refuseBoth(given.add, given.remove);
  return context.store.write(async (tx) => {
    const { id } = await findMatching(tx, request);
    const added = (await findTasks(tx, 'add', given.add)).filter((task) => task.sprintId !== id);
    const removed = (await findTasks(tx, 'remove', given.remove)).filter((task) => task.sprintId === id);
    const author = authorOf(context, request.actor);
    const operations = [
      ...added.map((task) => assignOperation(author, task, id)),
      ...removed.map((task) => assignOperation(author, task, null)),
    ];
    await applyAll(context, tx, request, operations);
    return { added: added.map((task) => task.id), removed: removed.map((task) => task.id) };
  });
}

function refuseBoth(add: readonly string[], remove: readonly string[]): void {
  const both = add.find((id) => remove.includes(id));
  if (both !== undefined) throw invalid(`add.${add.indexOf(both)}`, `${both} is to be added and removed`);
}

async function findTasks(tx: Transaction, list: string, ids: readonly string[]): Promise<Task[]> {
  const tasks = new Map<string, Task>();
  for (const [index, id] of ids.entries()) {
    const task = await tx.entities.find('task', id);
    if (!task) throw invalid(`${list}.${index}`, `there is no task ${id}`);
    tasks.set(id, task);
  }
  return [...tasks.values()];
}

function invalid(path: string, message: string): DtmError {
  return new DtmError('validation', message, {
    fields: [{ path, code: 'invalid', message }],
    hint: 'Correct the lists and send them again; nothing was changed.',
  });
}
