import { type EntityKind, kindOfId } from '../../../src/core/ids.ts';
import type { Body } from '../api.ts';

interface Known {
  readonly id: string;
  readonly kind: EntityKind;
  readonly status: string;
  readonly project: string;
}

const mostKept = 60;
const placeholder = /«([a-z-]+)(?:\.([a-z_]+))? (\d+)»/g;

/**
 * What generated requests may refer to. They are made before anything is known, so they hold placeholders: `«task 3»` is
 * some task, `«sprint.active 0»` one that is active, an even number prefers what belongs to the base project.
 */
export class World {
  readonly base: string;
  #entities: Known[] = [];
  readonly #pools = new Map<string, string[]>();
  /** Everything that no answer may show again. */
  readonly secrets = new Set<string>();

  constructor(base: string) {
    this.base = base;
  }

  /** Puts what is known in the place of each placeholder; what is not known becomes an id that nothing has. */
  resolve(text: string): string {
    return text.replace(placeholder, (_all, name: string, status: string | undefined, number: string) => {
      return this.#pick(name, status, Number(number));
    });
  }

  #pick(name: string, status: string | undefined, number: number): string {
    if (name === 'base') return this.base;
    const pool = this.#pools.get(name);
    if (pool) return pool[number % pool.length] ?? 'none';
    const found = this.#entities.filter((each) => each.kind === name && (!status || each.status === status));
    const near = number % 2 === 0 ? found.filter((each) => each.project === this.base) : found;
    return (near.length > 0 ? near : found)[number % (near.length || found.length || 1)]?.id ?? 'X-NONE';
  }

  /** Keeps a value under a name other than those of entities: `session`, `user`, `deleted-task`. */
  keep(name: string, value: string): void {
    const pool = this.#pools.get(name) ?? [];
    pool.unshift(value);
    this.#pools.set(name, pool.slice(0, mostKept));
  }

  /** Forgets a value that {@link World.keep} was given. */
  drop(name: string, value: string): void {
    const pool = this.#pools.get(name) ?? [];
    this.#pools.set(
      name,
      pool.filter((each) => each !== value),
    );
  }

  /** Learns of an entity as it is now. */
  learn(body: Body): void {
    const kind = typeof body.id === 'string' ? kindOfId(body.id) : undefined;
    if (!kind || typeof body.version !== 'number') return;
    this.forget(body.id);
    this.drop(`deleted-${kind}`, body.id);
    const project = kind === 'project' ? body.id : String(body.project_id);
    this.#entities = [{ id: body.id, kind, status: String(body.status), project }, ...this.#entities].slice(
      0,
      3 * mostKept,
    );
  }

  forget(id: string): void {
    this.#entities = this.#entities.filter((each) => each.id !== id);
  }

  /** Learns that an entity was deleted. */
  bury(id: string): void {
    this.forget(id);
    const kind = kindOfId(id);
    if (kind) this.keep(`deleted-${kind}`, id);
  }
}
