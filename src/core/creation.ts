import { type Entity, type EntityByKind, kindOf } from './entity.ts';
import type { Author } from './expand.ts';
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

/** The operations that create entities as they are, for a server that does not know them yet. */
export function creationOf(author: Author, entities: readonly Entity[]): Operation[] {
  return entities.map((data) => ({
    opId: author.newId(),
    entity: kindOf(data),
    id: data.id,
    at: data.createdAt,
    account: author.account,
    surface: author.surface,
    ...(author.reason === undefined ? {} : { reason: author.reason }),
    kind: 'create' as const,
    data,
  }));
}

/** A server refuses a reference to what does not exist yet: parents and dependencies go first. */
function referencesFirst(tasks: readonly EntityByKind['task'][]): Entity[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ordered = new Set<EntityByKind['task']>();
  const visiting = new Set<string>();
  const visit = (task: EntityByKind['task']): void => {
    if (ordered.has(task) || visiting.has(task.id)) return;
    visiting.add(task.id);
    for (const id of [task.parentId, ...task.dependsOn]) {
      const other = id === null ? undefined : byId.get(id);
      if (other) visit(other);
    }
    ordered.add(task);
  };
  for (const task of tasks) visit(task);
  return [...ordered];
}
