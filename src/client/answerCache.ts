/** An answer that was understood once, with the tag by which the server recognises that it still holds. */
export interface KeptAnswer {
  readonly etag: string;
  readonly body: unknown;
}

/** More than a person looks at in a while, and little memory. */
const mostAnswers = 256;
const mostBytesEach = 128 * 1024;

/**
 * The last answers that had an ETag, for one account: asking again costs a question instead of the data. The least
 * recently used one goes first.
 */
export class AnswerCache {
  readonly #answers = new Map<string, KeptAnswer>();

  get(path: string): KeptAnswer | undefined {
    const found = this.#answers.get(path);
    if (found) this.#keep(path, found);
    return found;
  }

  /** @param bytes the size of the answer as text */
  set(path: string, etag: string | undefined, body: unknown, bytes: number): void {
    this.#answers.delete(path);
    if (etag !== undefined && bytes <= mostBytesEach) this.#keep(path, { etag, body });
  }

  #keep(path: string, answer: KeptAnswer): void {
    this.#answers.delete(path);
    this.#answers.set(path, answer);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > mostAnswers) this.#answers.delete(oldest);
  }
}
