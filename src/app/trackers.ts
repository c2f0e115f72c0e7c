import type { Binding, KnownTracker } from '../core/binding.ts';
import { DtmError, isDtmError } from '../core/errors.ts';
import type { TrackerStatus, TrackerStore } from '../core/ports.ts';
import type { BindingPlan, BindingRecord } from './binding.ts';

/** What has not arrived at a server: it goes on when the workspace belongs to that server again. */
export type Waiting = Pick<TrackerStatus, 'pending' | 'conflicts' | 'rejected'>;

/** One of the trackers of this workspace, and what is in it. */
export interface TrackerSummary extends KnownTracker {
  /** Whether it is the one that is worked in now. */
  readonly isPresent: boolean;
  /** Undefined where it cannot be read: see `problem`. */
  readonly content: { readonly waiting: Waiting; readonly counts: BindingPlan['toCreate'] } | undefined;
  readonly problem?: string;
}

export interface TrackersOptions {
  readonly record: Pick<BindingRecord, 'binding' | 'trackers' | 'nameOf'>;
  readonly present: () => TrackerStore;
  /** Opens a tracker only to look into it. */
  readonly peek: (binding: Binding | undefined) => Promise<TrackerStore>;
}

const shortest = 4;

/** The trackers of a workspace: each binding has one, which is set aside whole when the workspace is bound elsewhere. */
export class Trackers {
  readonly #options: TrackersOptions;

  constructor(options: TrackersOptions) {
    this.#options = options;
  }

  /** The local one, the present one, and those of earlier bindings. */
  async list(): Promise<readonly TrackerSummary[]> {
    const summaries: TrackerSummary[] = [];
    // One after the other: each may hold a hundred thousand tasks.
    for (const tracker of await this.#all()) summaries.push(await this.#summaryOf(tracker));
    return summaries;
  }

  /**
   * Finds a tracker by its name or any unambiguous beginning of at least four characters.
   * @throws DtmError `not-found`, `ambiguous-id`
   */
  async find(text: string): Promise<KnownTracker> {
    const all = await this.#all();
    const candidates = all.filter(({ name }) => name === text || (text.length >= shortest && name.startsWith(text)));
    const [only, another] = candidates;
    if (!only) throw unknownTracker(text);
    if (another) {
      throw new DtmError('ambiguous-id', `${text} could be ${candidates.length} different bindings`, {
        hint: `Give more characters: ${candidates.map(({ name }) => name).join('; ')}.`,
      });
    }
    return only;
  }

  isPresent({ name }: KnownTracker): boolean {
    const { record } = this.#options;
    return name === record.nameOf(record.binding);
  }

  /** Looks into a tracker, wherever the workspace belongs now. @throws DtmError `cannot-read` */
  async lookInto<T>(tracker: KnownTracker, look: (store: TrackerStore) => T): Promise<T> {
    if (this.isPresent(tracker)) return look(this.#options.present());
    const store = await this.#options.peek(tracker.binding);
    try {
      return look(store);
    } finally {
      await store.close();
    }
  }

  async #all(): Promise<readonly KnownTracker[]> {
    const { record } = this.#options;
    const known = await record.trackers();
    if (known.some((one) => this.isPresent(one))) return known;
    const { binding } = record;
    return [...known, { name: record.nameOf(binding), binding }];
  }

  async #summaryOf(tracker: KnownTracker): Promise<TrackerSummary> {
    const isPresent = this.isPresent(tracker);
    try {
      return { ...tracker, isPresent, content: await this.lookInto(tracker, contentOf) };
    } catch (error) {
      // One that is damaged must not hide the others.
      if (!isDtmError(error)) throw error;
      return { ...tracker, isPresent, content: undefined, problem: error.message };
    }
  }
}

function contentOf({ status, visible }: TrackerStore): TrackerSummary['content'] {
  const { pending, conflicts, rejected } = status;
  return {
    waiting: { pending, conflicts, rejected },
    counts: { projects: visible.count('project'), sprints: visible.count('sprint'), tasks: visible.count('task') },
  };
}

function unknownTracker(text: string): DtmError {
  return new DtmError('not-found', `this workspace has no binding ${text}`, {
    hint: 'Give its name, or at least its first four characters; list the bindings to see their names.',
  });
}
