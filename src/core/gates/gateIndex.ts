import { roundPoints } from '../tally.ts';
import type { Task } from '../task.ts';
import { type SimilarTitle, TitleIndex } from './titleIndex.ts';

/**
 * What gates want to know of all tasks, at hand for each keystroke: fed with every change of what the person sees, it
 * answers without going through the tasks.
 */
export class GateIndex {
  readonly #tasks = new Map<string, Task>();
  readonly #inProgress = new Map<string, number>();
  readonly #points = new Map<string, number>();
  readonly #titles = new TitleIndex();

  /** Takes a task in its new form; the form that was put before no longer counts. */
  put(task: Task): void {
    const known = this.#tasks.get(task.id);
    if (known === task) return;
    const isRenamed = known?.title !== task.title || known.projectId !== task.projectId;
    if (known) this.#subtract(known, isRenamed);
    this.#tasks.set(task.id, task);
    this.#count(task, 1);
    if (isRenamed) this.#titles.add(task.projectId, task.id, task.title);
  }

  remove(id: string): void {
    const known = this.#tasks.get(id);
    if (!known) return;
    this.#subtract(known, true);
    this.#tasks.delete(id);
  }

  /** How many tasks a person owns that are in progress. */
  inProgress(owner: string): number {
    return this.#inProgress.get(owner) ?? 0;
  }

  /** The points of what is in a sprint; dropped tasks do not count. */
  sprintPoints(sprintId: string): number {
    return roundPoints(this.#points.get(sprintId) ?? 0);
  }

  /** Another task of the project whose title says nearly the same. @param isLeftOut by id */
  similar(projectId: string, title: string, isLeftOut: (id: string) => boolean): SimilarTitle | undefined {
    return this.#titles.similar(projectId, title, isLeftOut);
  }

  #subtract(task: Task, withTitle: boolean): void {
    this.#count(task, -1);
    if (withTitle) this.#titles.remove(task.projectId, task.id, task.title);
  }

  #count(task: Task, sign: 1 | -1): void {
    if (isInProgress(task)) add(this.#inProgress, task.owner, sign);
    if (task.sprintId !== null) add(this.#points, task.sprintId, sign * pointsOf(task));
  }
}

/** Whether a task counts as its owner's work in progress. */
export function isInProgress(task: Task): task is Task & { readonly owner: string } {
  return task.status === 'in_progress' && task.owner !== null;
}

/** What a task takes of a sprint's capacity. */
export function pointsOf({ status, estimatePoints }: Task): number {
  return status === 'dropped' ? 0 : (estimatePoints ?? 0);
}

function add(sums: Map<string, number>, key: string, value: number): void {
  const sum = roundPoints((sums.get(key) ?? 0) + value);
  if (sum === 0) sums.delete(key);
  else sums.set(key, sum);
}
