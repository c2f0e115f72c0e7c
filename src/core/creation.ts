import { type Entity, type EntityByKind, kindOf } from './entity.ts';
import { type Author, updateOperation } from './expand.ts';
import { type EntityKind, entityKinds } from './ids.ts';
import type { Operation } from './operation.ts';
import type { VisibleState } from './ports.ts';

/** Entities of one tracker that another one does not have and never had, parents and dependencies first. */
export function missingEntities(from: VisibleState, isKnown: (id: string) => boolean): Entity[] {
  return inCreationOrder(entityKinds.flatMap((kind) => [...from.all(kind)].filter((entity) => !isKnown(entity.id))));
}

/** Projects, then sprints, then tasks, each after what it refers to. */
export function inCreationOrder(entities: Iterable<Entity>): Entity[] {
  const all = [...entities];
  const of = (kind: EntityKind) => all.filter((entity) => kindOf(entity) === kind);
  return [...of('project'), ...of('sprint'), ...referencesFirst(of('task') as EntityByKind['task'][])];
}

/**
 * The operations that create entities as they are, for a server that does not know them yet. What refers to one that is
 * created later, as where a task depends on a part of itself, is said at the end.
 */
export function creationOf(author: Author, entities: readonly Entity[]): Operation[] {
  const places = new Map(entities.map(({ id }, index) => [id, index]));
  const later: Operation[] = [];
  const creations = entities.map((entity, index) => {
    const isEarly = (id: string) => (places.get(id) ?? -1) <= index;
    if (!('dependsOn' in entity)) return creation(author, entity);
    const data = withReferences(entity, isEarly);
    const { parentId, dependsOn } = entity;
    if (data !== entity) later.push(updateOperation(author, 'task', data, { parentId, dependsOn }));
    return creation(author, data);
  });
  return [...creations, ...later];
}

function creation(author: Author, data: Entity): Operation {
  return {
    opId: author.newId(),
    entity: kindOf(data),
    id: data.id,
    at: data.createdAt,
    account: author.account,
    surface: author.surface,
    ...(author.reason === undefined ? {} : { reason: author.reason }),
    kind: 'create',
    data,
  };
}

/** The task with those of its references that are allowed; the very same if they all are. */
function withReferences(task: EntityByKind['task'], isAllowed: (id: string) => boolean): EntityByKind['task'] {
  const { parentId, dependsOn } = task;
  const isParentAllowed = parentId === null || isAllowed(parentId);
  if (isParentAllowed && dependsOn.every(isAllowed)) return task;
  return { ...task, parentId: isParentAllowed ? parentId : null, dependsOn: dependsOn.filter(isAllowed) };
}

/** A server refuses a reference to what does not exist yet: parents and dependencies go first. */
function referencesFirst(tasks: readonly EntityByKind['task'][]): Entity[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<EntityByKind['task']>();
  const visited = new Set<string>();
  // By hand, since a chain of a hundred thousand tasks would be too much for the call stack.
  const open = tasks.toReversed();
  for (let task = open.at(-1); task; task = open.at(-1)) {
    const waiting = visited.has(task.id) ? [] : referencesOf(task, byId, visited);
    visited.add(task.id);
    if (waiting.length > 0) open.push(...waiting.toReversed());
    else ordered.add(open.pop() ?? task);
  }
  return [...ordered];
}

/** What a task refers to and nobody has looked at yet. */
function referencesOf(
  task: EntityByKind['task'],
  byId: ReadonlyMap<string, EntityByKind['task']>,
  visited: ReadonlySet<string>,
): EntityByKind['task'][] {
  const ids = [task.parentId, ...task.dependsOn].filter((id) => id !== null && id !== task.id && !visited.has(id));
  return ids.flatMap((id) => byId.get(id ?? '') ?? []);
}
