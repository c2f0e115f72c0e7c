import { Emitter } from '../core/emitter.ts';
import type { Disposable, TrackerStatus, TrackerStore, VisibleChange } from '../core/ports.ts';

/**
 * Holds the tracker that is open now. Binding to another server replaces it; whoever listens here goes on hearing of
 * the new one.
 */
export class TrackerSlot {
  readonly #changed = new Emitter<VisibleChange>();
  readonly #statusChanged = new Emitter<TrackerStatus>();
  #store: TrackerStore;
  #subscriptions: readonly Disposable[] = [];

  constructor(store: TrackerStore) {
    this.#store = store;
    this.#subscribe();
  }

  get store(): TrackerStore {
    return this.#store;
  }
  get onDidChange() {
    return this.#changed.event;
  }
  get onDidChangeStatus() {
    return this.#statusChanged.event;
  }

  /** Closes the present tracker and puts another one in its place. */
  async replace(open: () => Promise<TrackerStore>): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.dispose();
    await this.#store.close();
    this.#store = await open();
    this.#subscribe();
    this.#changed.fire(null);
    this.#statusChanged.fire(this.#store.status);
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#statusChanged.dispose();
    await this.#store.close();
  }

  #subscribe(): void {
    this.#subscriptions = [
      this.#store.onDidChange((change) => this.#changed.fire(change)),
      this.#store.onDidChangeStatus((status) => this.#statusChanged.fire(status)),
    ];
  }
}
