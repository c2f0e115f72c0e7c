import { entityKinds } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import type {
  Backend,
  BackendIdentity,
  BaseView,
  Capabilities,
  PullPage,
  PushResult,
  WatchListener,
} from '../../core/ports.ts';
import { missingFrom, type ProjectList, union } from '../../core/scope.ts';
import type { Sprint } from '../../core/sprint.ts';
import type { Task } from '../../core/task.ts';
import { type FeedPosition, formatPosition, isTail, parsePosition } from './feedPosition.ts';

/** Beyond this, everything is read: what is not wanted is not shown. */
const mostProjects = 100;

/**
 * A back end with a feed, of which only some projects are read. The cursor says for which it counts: where projects are
 * added, what they hold is read from the start, and the others go on from where they were.
 */
export class ScopedBackend implements Backend {
  readonly #inner: Backend;
  readonly #projects: () => readonly string[] | undefined;
  readonly watch: Backend['watch'];

  /** @param projects the limit as it is now; undefined: none */
  constructor(inner: Backend, projects: () => readonly string[] | undefined) {
    this.#inner = inner;
    this.#projects = projects;
    if (inner.watch) this.watch = (known, listener, signal) => this.#watch(known, listener, signal);
  }

  get capabilities(): Capabilities {
    return this.#inner.capabilities;
  }
  get account(): string | undefined {
    return this.#inner.account;
  }

  identify(signal: AbortSignal): Promise<BackendIdentity> {
    return this.#inner.identify(signal);
  }

  push(operations: readonly Operation[], signal: AbortSignal, base: BaseView): Promise<readonly PushResult[]> {
    return this.#inner.push(operations, signal, base);
  }

  async pull(cursor: string | null, signal: AbortSignal, base: BaseView): Promise<PullPage> {
    // What is known may have left its project meanwhile, which only the whole feed tells that begins anew.
    if (cursor === null) return this.#read({ projects: isEmpty(base) ? this.#wanted : null, at: null }, signal, base);
    const position = parsePosition(cursor);
    if (position.adding) return this.#add(position, position.adding, signal, base);
    if (!isTail(position.at)) return this.#read(position, signal, base);
    const wanted = this.#wanted;
    const missing = missingFrom(wanted, position.projects);
    if (missing?.length === 0) return this.#read({ projects: wanted, at: position.at }, signal, base);
    // What was hidden may have gone on to yet another project unseen: then only the whole feed tells where it is.
    const projects = missing && !hasAnyOf(base, missing) ? missing : null;
    return this.#add(position, { projects, at: null }, signal, base);
  }

  async #read(position: FeedPosition, signal: AbortSignal, base: BaseView): Promise<PullPage> {
    const { projects, at } = position;
    const scoped = await this.#inner.pull(at, signal, base, projects ?? undefined);
    // What left the limits is told without what it is now: that stands in the whole feed, under the same numbers.
    const hasLeft = scoped.changes.some((change) => change.outOfScope);
    const page = hasLeft ? await this.#inner.pull(at, signal, base) : scoped;
    return { ...page, next: formatPosition({ projects, at: page.next }) };
  }

  async #add(
    position: FeedPosition,
    { projects, at }: NonNullable<FeedPosition['adding']>,
    signal: AbortSignal,
    base: BaseView,
  ): Promise<PullPage> {
    const page = await this.#inner.pull(at, signal, base, projects ?? undefined);
    const next: FeedPosition = isTail(page.next)
      ? { projects: union(position.projects, projects), at: position.at }
      : { projects: position.projects, at: position.at, adding: { projects, at: page.next } };
    return { ...page, next: formatPosition(next), hasMore: true };
  }

  async #watch(known: () => string | null, listener: WatchListener, signal: AbortSignal): Promise<void> {
    const place = (): string | null => {
      const cursor = known();
      const position = cursor === null ? undefined : parsePosition(cursor);
      return position && !position.adding ? position.at : null;
    };
    await this.#inner.watch?.(place, listener, signal);
  }

  get #wanted(): ProjectList {
    const projects = this.#projects();
    return projects && projects.length <= mostProjects ? projects.toSorted() : null;
  }
}

function isEmpty(base: BaseView): boolean {
  return entityKinds.every((kind) => base.all(kind)[Symbol.iterator]().next().done);
}

function hasAnyOf(base: BaseView, projects: readonly string[]): boolean {
  const wanted = new Set(projects);
  return (['sprint', 'task'] as const).some((kind) => {
    for (const entity of base.all(kind)) if (wanted.has((entity as Sprint | Task).projectId)) return true;
    return false;
  });
}
