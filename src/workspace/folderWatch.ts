import { type FSWatcher, watch } from 'node:fs';

/**
 * Watches a folder where the system lets it. It may have no watches left, or lose one: whoever uses this looks by itself
 * now and then, and begins again.
 */
export class FolderWatch {
  readonly #folder: string;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;
  #watcher: FSWatcher | undefined;

  constructor(folder: string, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  /** Watches, if it does not already; never throws. */
  begin(): void {
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.#folder, this.#onChange);
      this.#watcher.on('error', (error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #failed(error: unknown): void {
    this.close();
    this.#onFailure(error);
  }
}
