import type { Disposable } from '../core/ports.ts';

/** Owns disposables. One that is added after the end is disposed at once, so a late start leaks nothing. */
export class DisposableList implements Disposable {
  readonly #items: Disposable[] = [];
  #ended = false;

  add<T extends Disposable>(item: T): T {
    if (this.#ended) item.dispose();
    else this.#items.push(item);
    return item;
  }

  /**
   * Disposes in the reverse order, each of them whatever the others do.
   * @throws the first error, after the last item
   */
  dispose(): void {
    this.#ended = true;
    const errors: unknown[] = [];
    for (let item = this.#items.pop(); item; item = this.#items.pop()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
