import type { Act } from '../core/act.ts';
import { isChangedMeanwhile } from '../core/checkOperations.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { EntityKind } from '../core/ids.ts';
import type { Operation } from '../core/operation.ts';
import type { VisibleState } from '../core/ports.ts';
import { wireName } from '../core/wire.ts';

/** Why a change is not taken back, in words that name what stands in the way. */

/** @param what the thing that was asked for: to undo, to redo */
export function nothingThere(what: 'undo' | 'redo'): DtmError {
  return new DtmError('not-found', `there is nothing to ${what}`, {
    hint: 'Only what was changed here since the workspace was opened can be taken back, and only the last 100 changes.',
  });
}

/** It was discarded or refused since, or somebody has done the same already. */
export function nothingIsLeft({ name, id }: Act): DtmError {
  return new DtmError('conflict', `nothing is left of that change of “${name}” (${id})`, {
    hint: 'It was discarded, refused by the server, or taken back already.',
  });
}

/** How many things hang on what would be deleted and are not deleted with it. */
export interface Hanging {
  readonly id: string;
  readonly sprints: number;
  readonly tasks: number;
}

/** What would lose its place. Only a task that is deleted on purpose lets its subtasks stay behind. */
export function hangingOn({ verb }: Act, visible: VisibleState, operations: readonly Operation[]): Hanging | undefined {
  const gone = new Set(operations.map(({ id }) => id));
  const left = (entities: Iterable<{ readonly id: string }>) => [...entities].filter(({ id }) => !gone.has(id)).length;
  return operations
    .filter(({ kind, entity }) => kind === 'delete' && (verb === 'create' || entity !== 'task'))
    .map(({ id }) => ({ id, sprints: left(visible.sprintsOf(id)), tasks: left(visible.tasksOf(id)) }))
    .find(({ sprints, tasks }) => sprints + tasks > 0);
}

export function stillUsed({ name }: Act, { id, sprints, tasks }: Hanging): DtmError {
  const parts = [counted(sprints, 'sprint'), counted(tasks, 'task')].filter((part) => part !== '');
  return new DtmError('has-dependents', `“${name}” (${id}) has ${parts.join(' and ')} by now`, {
    hint: 'Nothing was undone. Delete it, if they are to go with it.',
    details: { sprints, tasks },
  });
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** The same error, naming what it is about; errors that are about something else stay as they are. */
export function movedOn(error: unknown, nameOf: (kind: EntityKind, id: string) => string | undefined): unknown {
  if (!isDtmError(error) || !isChangedMeanwhile(error.details)) return error;
  const { entity, id, fields } = error.details;
  const name = nameOf(entity, id);
  const subject = name === undefined ? id : `“${name}” (${id})`;
  const names = fields.map(wireName).join(', ');
  const what = name === undefined ? 'deleted since' : `changed since: ${names}`;
  return new DtmError('conflict', `${subject} has been ${what}`, {
    hint: 'Nothing was undone: a change is taken back whole or not at all.',
    details: error.details,
  });
}
