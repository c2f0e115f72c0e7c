import type { CsvAnswer, Undeletable } from '../core/csvEdits.ts';
import type { Operation } from '../core/operation.ts';
import type { Disposable, QueuedOperation, SyncReport, TrackerStatus } from '../core/ports.ts';
import type { ServerChoice } from './binding.ts';
import type { Bindings } from './bindings.ts';
import type { Copying, CopyPlan } from './copying.ts';
import type { AccountService, DtmApp, EvidenceService } from './dtmApp.ts';
import type { Importing, ImportPlan } from './importing.ts';
import type { StoppedChanges } from './stoppedChanges.ts';
import type { TrackerService } from './trackerService.ts';
import type { TrackerSlot } from './trackerSlot.ts';
import type { UndoHistory } from './undoHistory.ts';

export interface WiredParts {
  readonly folder: string | undefined;
  readonly state: { readonly trackerFolder: string };
  readonly slot: TrackerSlot;
  readonly service: TrackerService;
  readonly accounts: AccountService;
  readonly binding: Bindings;
  readonly importing: Importing;
  readonly copying: Copying;
  readonly stopped: StoppedChanges;
  readonly undo: UndoHistory;
  readonly evidence: EvidenceService;
  /** Ends with the app. */
  readonly followers: readonly Disposable[];
  readonly servers: { close(): Promise<void> };
  readonly longSyncMs: number;
}

const followEveryMs = 2_000;

/** The app as the edges see it: parts that `createApp` made, behind one door. */
export class WiredApp implements DtmApp {
  readonly #parts: WiredParts;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #following: Promise<void> | undefined;

  constructor(parts: WiredParts) {
    this.#parts = parts;
  }

  get folder(): string | undefined {
    return this.#parts.folder;
  }
  get stateFolder(): string {
    return this.#parts.state.trackerFolder;
  }
  get tracker(): TrackerService {
    return this.#parts.service;
  }
  get accounts(): AccountService {
    return this.#parts.accounts;
  }
  get binding(): Bindings {
    return this.#parts.binding;
  }
  get stopped(): StoppedChanges {
    return this.#parts.stopped;
  }
  get undo(): UndoHistory {
    return this.#parts.undo;
  }
  get evidence(): EvidenceService {
    return this.#parts.evidence;
  }
  get status(): TrackerStatus {
    return this.#parts.slot.store.status;
  }
  get onDidChangeStatus() {
    return this.#parts.slot.onDidChangeStatus;
  }
  get onDidChange() {
    return this.#parts.slot.onDidChange;
  }

  /** For residents: hold the lease, sync, and follow what other processes bind the workspace to. */
  async start(): Promise<void> {
    await this.#parts.slot.store.start();
    if (this.#closed) return;
    this.#timer = setInterval(() => void this.#follow(), followEveryMs);
    this.#timer.unref();
  }

  syncNow(timeoutMs = this.#parts.longSyncMs): Promise<SyncReport> {
    return this.#parts.slot.store.sync(timeoutMs);
  }

  queue(): readonly QueuedOperation[] {
    return this.#parts.slot.store.queue();
  }

  withDependents(opIds: readonly string[]): readonly Operation[] {
    return this.#parts.slot.store.withDependents(opIds);
  }

  dropQueued(opIds: readonly string[]): Promise<number> {
    return this.#parts.slot.store.drop(opIds);
  }

  planImport(origin: string, choice?: ServerChoice): Promise<ImportPlan> {
    return this.#parts.importing.plan(origin, choice);
  }

  planFileImport(path: string): Promise<ImportPlan> {
    return this.#parts.importing.planFiles(path);
  }

  runImport(plan: ImportPlan): Promise<void> {
    return this.#parts.importing.run(plan);
  }

  planCopy(name: string): Promise<CopyPlan> {
    return this.#parts.copying.plan(name);
  }

  runCopy(plan: CopyPlan): Promise<void> {
    return this.#parts.copying.run(plan);
  }

  async refresh(): Promise<void> {
    await this.#follow();
    await this.#parts.slot.store.refresh();
  }

  takeInCsv(): Promise<boolean> {
    return this.#parts.slot.store.takeInCsv();
  }

  answerCsv(answer: CsvAnswer): Promise<readonly Undeletable[]> {
    return this.#parts.slot.store.answerCsv(answer);
  }

  trustCsv(): Promise<void> {
    return this.#parts.slot.store.trustCsv();
  }

  rewriteCsv(): Promise<readonly string[]> {
    return this.#parts.slot.store.rewriteCsv();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const follower of this.#parts.followers) follower.dispose();
    await this.#following;
    await this.#parts.slot.close();
    await this.#parts.servers.close();
  }

  #follow(): Promise<void> {
    this.#following ??= this.#parts.binding
      .follow()
      .catch(() => undefined)
      .finally(() => {
        this.#following = undefined;
      });
    return this.#following;
  }
}
