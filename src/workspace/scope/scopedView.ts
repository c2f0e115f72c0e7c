import { type EntityByKind, kindOf } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import type { VisibleState } from '../../core/ports.ts';

/** What a person sees of a tracker that is limited to some projects. What is beyond them stays, and is not shown. */
export class ScopedView implements VisibleState {
  readonly #whole: VisibleState;
  readonly #projects: ReadonlySet<string>;

  constructor(whole: VisibleState, projects: readonly string[]) {
    this.#whole = whole;
    this.#projects = new Set(projects);
  }

  get<K extends EntityKind>(kind: K, id: string): EntityByKind[K] | undefined {
    const entity = this.#whole.get(kind, id);
    return entity && this.#isShown(entity) ? entity : undefined;
  }

  *all<K extends EntityKind>(kind: K): Generator<EntityByKind[K]> {
    yield* this.#shownOf(this.#whole.all(kind));
  }

  count(kind: EntityKind): number {
    let count = 0;
    for (const _ of this.all(kind)) count++;
    return count;
  }

  *sprintsOf(projectId: string): Generator<EntityByKind['sprint']> {
    yield* this.#shownOf(this.#whole.sprintsOf(projectId));
  }

  *tasksOf(parentId: string): Generator<EntityByKind['task']> {
    yield* this.#shownOf(this.#whole.tasksOf(parentId));
  }

  *#shownOf<E extends EntityByKind[EntityKind]>(entities: Iterable<E>): Generator<E> {
    for (const entity of entities) if (this.#isShown(entity)) yield entity;
  }

  #isShown(entity: EntityByKind[EntityKind]): boolean {
    const projectId = kindOf(entity) === 'project' ? entity.id : (entity as EntityByKind['task']).projectId;
    return this.#projects.has(projectId);
  }
}
