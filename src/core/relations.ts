import type { Entity } from './entity.ts';
import { DtmError, type ErrorCode } from './errors.ts';
import { kindOfId } from './ids.ts';
import { jsonEqual } from './json.ts';
import type { Operation } from './operation.ts';
import type { Sprint } from './sprint.ts';
import type { Task } from './task.ts';
import { wireName } from './wire.ts';

/**
 * The relation rules, written once for stores that answer at once and stores that answer later: the rule yields the
 * id it wants to see and is resumed with that entity, or null if there is none.
 */
export type RelationCheck<R> = Generator<string, R, Entity | null>;

/** Runs a check against a store in memory. */
export function runCheck<R>(check: RelationCheck<R>, find: (id: string) => Entity | null): R {
  let step = check.next();
  while (!step.done) step = check.next(find(step.value));
  return step.value;
}

/** Runs a check against a store that answers asynchronously. */
export async function runCheckAsync<R>(
  check: RelationCheck<R>,
  find: (id: string) => Promise<Entity | null>,
): Promise<R> {
  let step = check.next();
  while (!step.done) step = check.next(await find(step.value));
  return step.value;
}

/**
 * Checks what an entity newly refers to: project and sprint exist and fit, parents and dependencies exist and form no
 * cycle (DTM API v1, "Relations"). A reference that stood before the change is not checked again: that its target was
 * deleted meanwhile must not forbid correcting a title, nor bringing back a task, be it one of several that were deleted
 * together and refer to each other.
 * @param operation what made the entity what it is
 * @param previous the entity before the change, null if it is created or restored
 * @returns the first thing that is wrong, or undefined
 */
export function* relationProblem(
  { entity: kind, kind: change }: Pick<Operation, 'entity' | 'kind'>,
  entity: Entity,
  previous: Entity | null,
): RelationCheck<DtmError | undefined> {
  if (kind === 'sprint') return yield* sprintRelations(entity as Sprint, previous as Sprint | null);
  if (kind === 'task') return yield* taskRelations(entity as Task, previous as Task | null, change);
  return undefined;
}

function* sprintRelations(sprint: Sprint, previous: Sprint | null): RelationCheck<DtmError | undefined> {
  return sprint.projectId === previous?.projectId ? undefined : yield* projectProblem(sprint.projectId);
}

function* taskRelations(
  task: Task,
  previous: Task | null,
  change: Operation['kind'],
): RelationCheck<DtmError | undefined> {
  // Nothing refers to what never existed: it closes no cycle, however long the chain that it ends.
  const isNew = change === 'create';
  const moved = task.projectId !== previous?.projectId;
  return (
    (moved ? yield* projectProblem(task.projectId) : undefined) ??
    (moved || task.sprintId !== previous?.sprintId ? yield* sprintProblem(task) : undefined) ??
    (change === 'restore' ? undefined : yield* referencesProblem(task, previous)) ??
    (task.parentId === (previous?.parentId ?? null) ? undefined : yield* cycleProblem(task, 'parentId', isNew)) ??
    (jsonEqual(task.dependsOn, previous?.dependsOn ?? []) ? undefined : yield* cycleProblem(task, 'dependsOn', isNew))
  );
}

function* projectProblem(id: string): RelationCheck<DtmError | undefined> {
  return (yield id) ? undefined : unknownReference('projectId', id);
}

function* sprintProblem(task: Task): RelationCheck<DtmError | undefined> {
  if (task.sprintId === null) return undefined;
  const sprint = (yield task.sprintId) as Sprint | null;
  if (!sprint) return unknownReference('sprintId', task.sprintId);
  if (sprint.projectId === task.projectId) return undefined;
  return problem(
    'sprint-project-mismatch',
    'sprintId',
    `sprint ${sprint.id} belongs to ${sprint.projectId}, not to ${task.projectId}`,
  );
}

function* referencesProblem(task: Task, previous: Task | null): RelationCheck<DtmError | undefined> {
  const parent = task.parentId === previous?.parentId ? null : task.parentId;
  if (parent !== null && parent !== task.id && !(yield parent)) return unknownReference('parentId', parent);
  for (const id of task.dependsOn) {
    const isNew = id !== task.id && !previous?.dependsOn.includes(id);
    if (isNew && !(yield id)) return unknownReference('dependsOn', id);
  }
  return undefined;
}

/** Walks up from the task along one relation; meeting the task again is a cycle. */
function* cycleProblem(
  task: Task,
  field: 'parentId' | 'dependsOn',
  isNew: boolean,
): RelationCheck<DtmError | undefined> {
  const seen = new Set<string>();
  const queue = [...referencesOf(task, field)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === task.id) return problem('dependency-cycle', field, `${task.id} would depend on itself`);
    if (isNew || seen.has(id)) continue;
    seen.add(id);
    const other = (yield id) as Task | null;
    if (other) queue.push(...referencesOf(other, field));
  }
  return undefined;
}

function referencesOf(task: Task, field: 'parentId' | 'dependsOn'): readonly string[] {
  if (field === 'dependsOn') return task.dependsOn;
  return task.parentId === null ? [] : [task.parentId];
}

/** The error for a reference to something that is not there. */
function unknownReference(field: string, id: string): DtmError {
  const what = kindOfId(id) ?? 'entity';
  return problem('validation', field, `there is no ${what} ${id}`, { code: 'unknown-reference', id });
}

function problem(code: ErrorCode, field: string, message: string, details: object = {}): DtmError {
  const path = wireName(field);
  return new DtmError(code, message, {
    fields: [{ path, code, message }],
    hint: `Choose another value for ${path}.`,
    details: { ...details, field: path },
  });
}
