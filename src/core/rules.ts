import { type Entity, fieldValue } from './entity.ts';
import { DtmError } from './errors.ts';
import type { EntityKind } from './ids.ts';
import { canStep, nextStatuses, requiredField } from './lifecycle.ts';
import type { Operation } from './operation.ts';
import { wireName } from './wire.ts';

/**
 * Checks what holds within one entity: the order of its dates, what its status requires, and that the status moved by
 * one allowed step (DTM API v1, "Lifecycle"). What was wrong before the change, as other servers allow, must not forbid
 * correcting a title.
 * @param previous the entity before the change; null when it is created, where any status may be the first
 * @returns the first thing that is wrong, or undefined
 */
export function entityProblem(kind: EntityKind, previous: Entity | null, next: Entity): DtmError | undefined {
  return stepProblem(kind, previous, next) ?? conditionProblem(kind, previous, next);
}

/**
 * The same for what comes of an operation. One that takes back another may lead the status back where the lifecycle has
 * no way: from `done` to `in_progress`, from `ready` to `new`.
 */
export function outcomeProblem(
  { entity: kind, undoes }: Pick<Operation, 'entity' | 'undoes'>,
  previous: Entity | null,
  next: Entity,
): DtmError | undefined {
  return undoes === undefined ? entityProblem(kind, previous, next) : conditionProblem(kind, previous, next);
}

function conditionProblem(kind: EntityKind, previous: Entity | null, next: Entity): DtmError | undefined {
  return newProblem(previous, next, (entity) => stateProblem(kind, entity));
}

function newProblem(
  previous: Entity | null,
  next: Entity,
  problemOf: (entity: Entity) => DtmError | undefined,
): DtmError | undefined {
  const problem = problemOf(next);
  const isOld = problem && previous?.status === next.status && problemOf(previous)?.message === problem.message;
  return isOld ? undefined : problem;
}

function stateProblem(kind: EntityKind, entity: Entity): DtmError | undefined {
  return missingProblem(kind, entity) ?? datesProblem(kind, entity);
}

function stepProblem(kind: EntityKind, previous: Entity | null, next: Entity): DtmError | undefined {
  const from = previous?.status;
  if (from === undefined || canStep(kind, from, next.status)) return undefined;
  return illegalTransition(kind, from, next.status);
}

/** The error for a status that may not follow: says which may. */
export function illegalTransition(kind: EntityKind, from: string, to: string): DtmError {
  const allowed = nextStatuses(kind, from);
  const hint =
    allowed.length > 0 ? `From ${from} it can become: ${allowed.join(', ')}.` : `A ${kind} that is ${from} stays so.`;
  return new DtmError('illegal-transition', `a ${kind} cannot go from ${from} to ${to}`, {
    hint: kind === 'task' && allowed.length === 0 ? 'Reopen the task first.' : hint,
    details: { from, to, allowed },
  });
}

function missingProblem(kind: EntityKind, next: Entity): DtmError | undefined {
  const field = requiredField(kind, next.status);
  if (field === undefined) return undefined;
  const value = fieldValue(next, field);
  if (typeof value === 'string' && value.trim() !== '') return undefined;
  const name = wireName(field);
  return new DtmError('validation', `a ${kind} that is ${next.status} needs ${name}`, {
    fields: [{ path: name, code: 'required', message: `is required while the status is ${next.status}` }],
    hint: `Give ${name} together with the status.`,
  });
}

function datesProblem(kind: EntityKind, next: Entity): DtmError | undefined {
  const endField = kind === 'sprint' ? 'endDate' : 'targetEndDate';
  const start = fieldValue(next, 'startDate');
  const end = fieldValue(next, endField);
  if (typeof start !== 'string' || typeof end !== 'string' || end >= start) return undefined;
  const name = wireName(endField);
  return new DtmError('validation', `the ${kind} would end (${end}) before it starts (${start})`, {
    fields: [{ path: name, code: 'date-order', message: `must not be before start_date (${start})` }],
    hint: `Choose ${name} on or after ${start}.`,
  });
}
