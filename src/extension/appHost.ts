import type { DtmApp } from '../app/dtmApp.ts';
import { Emitter } from '../core/emitter.ts';
import type { Disposable, Logger, VisibleChange } from '../core/ports.ts';

export type AppState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'ready'; readonly app: DtmApp }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Owns the tracker of the window: opens it in the background, and again where the folder changes. Everybody else
 * asks for the present one and listens here, so that no listener is left on one that was closed.
 */
export class AppHost {
  readonly #open: () => Promise<DtmApp>;
  readonly #log: Logger;
  readonly #stateChanged = new Emitter<AppState>((error) => this.#logListener(error));
  readonly #entitiesChanged = new Emitter<VisibleChange>((error) => this.#logListener(error));
  readonly #statusChanged = new Emitter<void>((error) => this.#logListener(error));
  #state: AppState = { kind: 'opening' };
  #subscriptions: Disposable[] = [];
  /** Openings and closings happen one after the other. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(open: () => Promise<DtmApp>, log: Logger) {
    this.#open = open;
    this.#log = log;
  }

  readonly onDidChangeState = this.#stateChanged.event;
  /** Entities whose visible form changed, or null where everything may have. */
  readonly onDidChangeEntities = this.#entitiesChanged.event;
  /** The status or the binding of the tracker changed, or what can be undone. */
  readonly onDidChangeStatus = this.#statusChanged.event;

  get state(): AppState {
    return this.#state;
  }

  /** The tracker if it is there. */
  get app(): DtmApp | undefined {
    return this.#state.kind === 'ready' ? this.#state.app : undefined;
  }

  /** Waits until the tracker is there. @throws what kept it from opening */
  async ready(): Promise<DtmApp> {
    let state = this.#state;
    while (state.kind === 'opening' && !this.#closed) {
      await this.#nextState();
      state = this.#state;
    }
    if (state.kind === 'ready') return state.app;
    throw state.kind === 'failed' ? state.error : new Error('the window is closing');
  }

  /** Opens the tracker, or closes the present one and opens that of the folder as it is now. */
  open(): Promise<void> {
    this.#last = this.#last.then(() => this.#reopen());
    return this.#last;
  }

  /** Writes what is due and gives everything up. */
  close(): Promise<void> {
    this.#closed = true;
    this.#last = this.#last.then(() => this.#closePresent());
    return this.#last;
  }

  async #reopen(): Promise<void> {
    if (this.#closed) return;
    await this.#closePresent();
    try {
      const app = await this.#open();
      this.#subscriptions = [
        app.onDidChange((change) => this.#entitiesChanged.fire(change)),
        app.onDidChangeStatus(() => this.#statusChanged.fire()),
        app.binding.onDidChange(() => this.#statusChanged.fire()),
        app.undo.onDidChange(() => this.#statusChanged.fire()),
      ];
      this.#setState({ kind: 'ready', app });
      // Only now, so that the views show what is on disk before anything is synchronised.
      await app.start().catch((error: unknown) => this.#log.error('tracker.startFailed', { error }));
    } catch (error) {
      this.#log.error('tracker.openFailed', { error });
      this.#setState({ kind: 'failed', error });
    }
  }

  async #closePresent(): Promise<void> {
    const app = this.app;
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#setState({ kind: 'opening' });
    await app?.close().catch((error: unknown) => this.#log.error('tracker.closeFailed', { error }));
  }

  #setState(state: AppState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
    this.#statusChanged.fire();
    if (state.kind === 'ready') this.#entitiesChanged.fire(null);
  }

  #nextState(): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.onDidChangeState(() => {
        subscription.dispose();
        resolve();
      });
    });
  }

  #logListener(error: unknown): void {
    this.#log.error('listener.failed', { error });
  }
}
