import type { Entity, EntityByKind } from '../core/entity.ts';
import type { Author } from '../core/expand.ts';
import { entityKinds, kindOfId } from '../core/ids.ts';
import type { Operation } from '../core/operation.ts';
import type { VisibleState } from '../core/ports.ts';

/** Entities of one tracker that another one does not have and never had, parents and dependencies first. */
export function missingEntities(from: VisibleState, isKnown: (id: string) => boolean): Entity[] {
  const missing: Entity[] = [];
  for (const kind of entityKinds) {
    const some = [...from.all(kind)].filter((entity) => !isKnown(entity.id));
    missing.push(...(kind === 'task' ? referencesFirst(some as EntityByKind['task'][]) : some));
  }
  return missing;
}

/** The operations that create entities as they are, for a server that does not know them yet. */
export function creationOf(author: Author, entities: readonly Entity[]): Operation[] {
  return entities.map((data) => ({
    opId: author.newId(),
    entity: kindOfId(data.id) ?? 'task',
    id: data.id,
    at: data.createdAt,
    account: author.account,
    surface: author.surface,
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
