import { type Entity, type EntityByKind, kindOf } from '../core/entity.ts';
import { type EntityKind, kindOfId } from '../core/ids.ts';
import type { VisibleState } from '../core/ports.ts';

/** Entities in memory, with the ways in which the views ask for them. */
export class EntityTable implements VisibleState {
  readonly #byKind = {
    project: new Map<string, Entity>(),
    sprint: new Map<string, Entity>(),
    task: new Map<string, Entity>(),
  };
  /** Ids of sprints and tasks under what they belong to. */
  readonly #children = new Map<string, Set<string>>();

  get<K extends EntityKind>(kind: K, id: string): EntityByKind[K] | undefined {
    return this.#byKind[kind].get(id) as EntityByKind[K] | undefined;
  }

  /** Finds by id alone. */
  find(id: string): Entity | undefined {
    const kind = kindOfId(id);
    return kind && this.#byKind[kind].get(id);
  }

  all<K extends EntityKind>(kind: K): Iterable<EntityByKind[K]> {
    return this.#byKind[kind].values() as Iterable<EntityByKind[K]>;
  }

  count(kind: EntityKind): number {
    return this.#byKind[kind].size;
  }

  sprintsOf(projectId: string): Iterable<EntityByKind['sprint']> {
    return this.#childrenOf('sprint', projectId);
  }

  tasksOf(parentId: string): Iterable<EntityByKind['task']> {
    return this.#childrenOf('task', parentId);
  }

  put(entity: Entity): void {
    const kind = kindOf(entity);
    this.#unlink(this.#byKind[kind].get(entity.id));
    this.#byKind[kind].set(entity.id, entity);
    for (const parent of parentsOf(entity)) this.#childSet(parent).add(entity.id);
  }

  remove(id: string): void {
    const kind = kindOfId(id);
    if (!kind) return;
    this.#unlink(this.#byKind[kind].get(id));
    this.#byKind[kind].delete(id);
  }

  clear(): void {
    for (const map of Object.values(this.#byKind)) map.clear();
    this.#children.clear();
  }

  *#childrenOf<K extends 'sprint' | 'task'>(kind: K, parentId: string): Generator<EntityByKind[K]> {
    for (const id of this.#children.get(parentId) ?? []) {
      const child = this.get(kind, id);
      if (child) yield child;
    }
  }

  #childSet(parent: string): Set<string> {
    const known = this.#children.get(parent);
    if (known) return known;
    const made = new Set<string>();
    this.#children.set(parent, made);
    return made;
  }

  #unlink(entity: Entity | undefined): void {
    if (!entity) return;
    for (const parent of parentsOf(entity)) {
      const set = this.#children.get(parent);
      set?.delete(entity.id);
      if (set?.size === 0) this.#children.delete(parent);
    }
  }
}

function parentsOf(entity: Entity): string[] {
  if ('title' in entity) return [entity.projectId, entity.sprintId, entity.parentId].filter((id) => id !== null);
  return 'projectId' in entity ? [entity.projectId] : [];
}
