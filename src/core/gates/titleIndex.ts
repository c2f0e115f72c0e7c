import { wordsOf } from '../text.ts';

/** A task whose title says nearly the same. */
export interface SimilarTitle {
  readonly id: string;
  /** The share of words that both have, of all words that one of them has; 0 to 1. */
  readonly similarity: number;
}

/** Words that tell no two titles apart. */
const fillers: ReadonlySet<string> = new Set('a an and at by for from in into is it of on or the to with'.split(' '));
const threshold = 0.75;
/** No more are looked at, the likeliest first: the answer must not take longer than a key stroke. */
const mostCandidates = 1_500;

/**
 * Finds titles that say nearly the same within a project: the same words but for order, case, punctuation and at most a
 * quarter. Two sets that share so many words share one of their rarest ones (prefix filter of set-similarity joins,
 * Chaudhuri et al. 2006), so only the tasks with those are looked at. Kept up with every change of a title.
 */
export class TitleIndex {
  /** Ids of tasks by project and word. */
  readonly #tasks = new Map<string, Set<string>>();
  /** How many different words a task's title has. */
  readonly #sizes = new Map<string, number>();

  add(projectId: string, id: string, title: string): void {
    const words = significantWords(title);
    this.#sizes.set(id, words.length);
    for (const word of words) this.#setOf(projectId, word).add(id);
  }

  /** @param title the one that was added */
  remove(projectId: string, id: string, title: string): void {
    this.#sizes.delete(id);
    for (const word of significantWords(title)) {
      const key = keyOf(projectId, word);
      const ids = this.#tasks.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#tasks.delete(key);
    }
  }

  /** The most similar title among other tasks of the project, if one is similar enough. @param isLeftOut by id */
  similar(projectId: string, title: string, isLeftOut: (id: string) => boolean): SimilarTitle | undefined {
    const words = significantWords(title);
    const sets = words.map((word) => this.#tasks.get(keyOf(projectId, word)) ?? nobody);
    sets.sort((a, b) => a.size - b.size);
    const rarest = sets.length - Math.ceil(threshold * sets.length) + 1;
    let rest = mostCandidates;
    let best: SimilarTitle | undefined;
    for (let place = 0; place < rarest && rest > 0; place++)
      for (const id of sets[place] ?? nobody) {
        const similarity = this.#similarity(id, sets, place);
        if (similarity > (best?.similarity ?? 0) && !isLeftOut(id)) best = { id, similarity };
        if (best?.similarity === 1 || --rest === 0) return best;
      }
    return best;
  }

  /**
   * How similar a task is that was found in the set at `place`: 0 where it is not similar enough, or was found before.
   * @param sets the rarest first
   */
  #similarity(id: string, sets: readonly ReadonlySet<string>[], place: number): number {
    const size = this.#sizes.get(id) ?? 0;
    const needed = Math.ceil((threshold / (1 + threshold)) * (size + sets.length));
    let spare = sets.length - needed;
    for (let index = 0; index < sets.length && spare >= 0; index++) {
      const has = index === place || sets[index]?.has(id) === true;
      if (has && index < place) return 0;
      if (!has) spare--;
    }
    if (spare < 0) return 0;
    const common = needed + spare;
    return common / (size + sets.length - common);
  }

  #setOf(projectId: string, word: string): Set<string> {
    const key = keyOf(projectId, word);
    const known = this.#tasks.get(key);
    if (known) return known;
    const made = new Set<string>();
    this.#tasks.set(key, made);
    return made;
  }
}

/** The words by which titles are compared, each once. */
export function significantWords(title: string): string[] {
  const words = [...new Set(wordsOf(title))];
  const telling = words.filter((word) => !fillers.has(word));
  return telling.length > 0 ? telling : words;
}

const nobody: ReadonlySet<string> = new Set();

/** The words are only unique within a project; ids of projects hold no space. */
function keyOf(projectId: string, word: string): string {
  return `${projectId} ${word}`;
}
