import type { Operation } from '../operation.ts';
import type { VisibleState } from '../ports.ts';
import { roundPoints } from '../tally.ts';
import type { Task } from '../task.ts';
import { TitleMatch } from './titleMatch.ts';

/** What gates look at beside the entities that are changed. */
export type GateView = Pick<VisibleState, 'get' | 'all' | 'tasksOf'>;

/** A title that a task is to get. */
interface WantedTitle {
  readonly projectId: string;
  readonly title: string;
}

/** After so many titles others get their turn. */
const sliceSize = 5_000;

/**
 * What gates want to know of all tasks, found by looking at them when a change asks for it: that takes milliseconds,
 * while an index would have to be built by each process, kept up, and held in memory.
 */
export class GateFacts {
  readonly #visible: GateView;
  /** Tasks whose title says nearly the same as a wanted one, when it was looked for. */
  readonly #similar: ReadonlySet<string>;

  constructor(visible: GateView, similar: Iterable<string> = []) {
    this.#visible = visible;
    this.#similar = new Set(similar);
  }

  /**
   * Looks for titles that say nearly the same as those which the operations give, in slices.
   * @param pause lets others have their turn
   */
  static async gather(
    visible: GateView,
    operations: readonly Operation[],
    pause: () => Promise<void>,
  ): Promise<GateFacts> {
    const similar: string[] = [];
    for (const wanted of wantedTitles(visible, operations)) {
      const match = new TitleMatch(wanted.title);
      let seen = 0;
      for (const task of visible.tasksOf(wanted.projectId)) {
        if (match.similarity(task.title) > 0) similar.push(task.id);
        if (++seen % sliceSize === 0) await pause();
      }
    }
    return new GateFacts(visible, similar);
  }

  /** How many tasks a person owns that are in progress. */
  inProgress(owner: string): number {
    let count = 0;
    for (const task of this.#visible.all('task')) if (isInProgress(task) && task.owner === owner) count++;
    return count;
  }

  /** The points of what is in a sprint; dropped tasks do not count. */
  sprintPoints(sprintId: string): number {
    let points = 0;
    for (const task of this.#visible.tasksOf(sprintId)) points += pointsOf(task);
    return roundPoints(points);
  }

  /**
   * Of the tasks that were found, as they are now: the one of the project whose title is the most similar.
   * @param isLeftOut by id
   */
  similar(projectId: string, title: string, isLeftOut: (id: string) => boolean): Task | undefined {
    const match = new TitleMatch(title);
    let best: { readonly task: Task; readonly similarity: number } | undefined;
    for (const id of this.#similar) {
      const task = isLeftOut(id) ? undefined : this.#visible.get('task', id);
      const similarity = task?.projectId === projectId ? match.similarity(task.title) : 0;
      if (task && similarity > (best?.similarity ?? 0)) best = { task, similarity };
    }
    return best?.task;
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

function wantedTitles(visible: GateView, operations: readonly Operation[]): WantedTitle[] {
  return operations.flatMap((operation) => wantedTitle(visible, operation) ?? []);
}

function wantedTitle(visible: GateView, operation: Operation): WantedTitle | undefined {
  if (operation.kind === 'create') return 'title' in operation.data ? operation.data : undefined;
  if (operation.kind !== 'update' || operation.entity !== 'task') return undefined;
  const { title, projectId } = operation.set;
  const task = title || projectId ? visible.get('task', operation.id) : undefined;
  if (!task) return undefined;
  return { title: String(title?.to ?? task.title), projectId: String(projectId?.to ?? task.projectId) };
}
