import type { CsvAnswer, CsvReport, Undeletable } from './csvEdits.ts';
import type { Entity, EntityByKind } from './entity.ts';
import type { DtmError } from './errors.ts';
import type { EntityKind } from './ids.ts';
import type { Operation } from './operation.ts';
import type { Problem } from './problem.ts';
import type { NamedProject } from './project.ts';
import type { StoppedChange } from './stoppedChange.ts';

/** Undoes a subscription or frees a resource; calling it twice is harmless. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes to something that happens more than once. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

export interface Clock {
  /** Now, RFC 3339 in UTC with milliseconds. */
  now(): string;
  /** Milliseconds that only grow; for intervals, never for dates. */
  monotonic(): number;
}

export interface IdSource {
  /** A new ULID, monotonic within the process. */
  ulid(): string;
  randomBytes(count: number): Uint8Array;
}

/** Structured log: an event name and facts; never a secret, never a whole entity. */
export interface Logger {
  debug(event: string, facts?: Readonly<Record<string, unknown>>): void;
  info(event: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void;
  error(event: string, facts?: Readonly<Record<string, unknown>>): void;
}

/**
 * Keeps what signs accounts in, for all windows of the editor (SecretStorage), or for all runs of the CLI (the system's
 * keychain, or a 0600 file).
 */
export interface TokenStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Which server and data a back end turned out to be. */
export interface BackendIdentity {
  readonly serverId: string;
  readonly datasetId: string;
  readonly epoch: number;
  /** What people call these data, where one server has several. */
  readonly label?: string;
}

/** What a back end can do; the sync engine asks this, never for the back end's name. */
export interface Capabilities {
  /** An operation that is sent again is recognised by its id. */
  readonly operationIds: boolean;
  /** `pull` gives what changed since a cursor, at little cost. */
  readonly changesFeed: boolean;
  /** Without a feed: `pull` reads everything and gives what differs from the base. */
  readonly listing: boolean;
  /** Accounts are signed in; otherwise a name is all there is to an account. */
  readonly login: boolean;
  /** Whether it tells when something happens; otherwise it has to be asked. */
  readonly events: boolean;
  /** The operations of one group take effect together or not at all. */
  readonly groups: boolean;
  /** Nothing can be pushed. */
  readonly readOnly: boolean;
  /** Fields that it has no place for: they stay in the workspace, and are never reported as synchronised. */
  readonly localOnly: Readonly<Record<EntityKind, readonly string[]>>;
}

/** Hears of what happens at a back end. */
export interface WatchListener {
  /** From now on it tells; what happened before, after what was known, it tells as well. */
  onOpen(): void;
  /** There is something to pull. */
  onNews(): void;
}

/** What the workspace knows of a back end's data: what one without versions and without a feed is compared with. */
export interface BaseView {
  get(id: string): Entity | null;
  /** A tombstone's included; 0 if it never existed. */
  version(id: string): number;
  all(kind: EntityKind): Iterable<Entity>;
}

/** What became of one pushed operation. */
export type PushResult =
  | {
      readonly opId: string;
      readonly outcome: 'applied' | 'duplicate';
      readonly entity: Entity | null;
      readonly version: number;
    }
  | {
      readonly opId: string;
      readonly outcome: 'conflict';
      readonly fields: readonly string[];
      readonly current: Entity | null;
      readonly problem?: Problem;
    }
  | { readonly opId: string; readonly outcome: 'rejected' | 'skipped'; readonly problem: Problem };

/** One entry of the changes feed. `data` is null for a deletion. */
export interface Change {
  readonly entity: EntityKind;
  readonly id: string;
  readonly version: number;
  readonly data: Entity | null;
  readonly opId: string | null;
  /** It is there, but has left the projects that were asked for; what it is now is not told. */
  readonly outOfScope?: true;
}

export interface PullPage {
  readonly changes: readonly Change[];
  /** Where to go on; opaque. */
  readonly next: string;
  readonly hasMore: boolean;
  /** What cannot be shown, and why; absent where the back end never has any. */
  readonly notices?: readonly Notice[];
}

/** A place that keeps the data and is shared: a DTM server, or the workspace itself when it is bound to none. */
export interface Backend {
  readonly capabilities: Capabilities;
  /** Who is signed in, if that is known. */
  readonly account?: string | undefined;
  /**
   * Asks who answers and whether it is well.
   * @throws DtmError `offline`, `timeout`, `unauthenticated`, `incompatible`
   */
  identify(signal: AbortSignal): Promise<BackendIdentity>;
  /**
   * Applies operations in order; one result each, for all of them or for the first ones.
   * @throws DtmError if the answer did not arrive: ask again.
   */
  push(operations: readonly Operation[], signal: AbortSignal, base: BaseView): Promise<readonly PushResult[]>;
  /**
   * What changed since `cursor` (null: everything).
   * @param projects only what belongs to these; heeded where there is a feed of changes
   * @throws DtmError, `cursor-expired` if it is too old
   */
  pull(cursor: string | null, signal: AbortSignal, base: BaseView, projects?: readonly string[]): Promise<PullPage>;
  /**
   * Tells when there is something to pull, until the back end ends that. Only where `capabilities.events`.
   * @param known the cursor of what is known, whenever it is asked
   * @throws DtmError when the back end is not there any more: `offline`, `timeout` (it was silent for too long), …
   */
  watch?(known: () => string | null, listener: WatchListener, signal: AbortSignal): Promise<void>;
}

export type ConnectionKind = 'local' | 'online' | 'syncing' | 'degraded' | 'offline' | 'signed-out' | 'incompatible';

/** The truth about the connection, since when, and why. */
export interface Connection {
  readonly kind: ConnectionKind;
  /** RFC 3339. */
  readonly since: string;
  readonly reason?: string;
  readonly latencyMs?: number;
  /** Degraded only because answers take their time: everything is synchronised. */
  readonly slow?: boolean;
  /** When the last sync finished, RFC 3339. */
  readonly lastSync?: string;
  /** Who is signed in, where that is not the account that the workspace is bound for. */
  readonly otherAccount?: string;
}

export interface TrackerStatus {
  readonly connection: Connection;
  /** Operations that the server has not acknowledged. */
  readonly pending: number;
  readonly conflicts: number;
  readonly rejected: number;
  /** Things the person should know: an unreadable CSV file, a quarantined journal line. */
  readonly notices: readonly Notice[];
  /** What people did to the CSV files and is not settled; only the process that keeps the files knows. */
  readonly csv: CsvReport;
}

/** Something that went wrong in the files, and what to do; shown until it is settled. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly file?: string;
}

/** What became of a committed operation, as far as is known. */
export type Settlement =
  | { readonly outcome: 'acknowledged'; readonly entity: Entity | null }
  | { readonly outcome: 'queued' }
  | { readonly outcome: 'conflict'; readonly fields: readonly string[]; readonly problem?: Problem }
  | { readonly outcome: 'rejected'; readonly problem: Problem };

/** Reads what the person sees: base + pending. */
export interface VisibleState {
  get<K extends EntityKind>(kind: K, id: string): EntityByKind[K] | undefined;
  all<K extends EntityKind>(kind: K): Iterable<EntityByKind[K]>;
  count(kind: EntityKind): number;
  /** Sprints of a project (any status). */
  sprintsOf(projectId: string): Iterable<EntityByKind['sprint']>;
  /** Tasks that belong to a project or a sprint, or are subtasks of a task. */
  tasksOf(parentId: string): Iterable<EntityByKind['task']>;
}

/** Ids of entities whose visible form changed; null: anything may have. */
export type VisibleChange = ReadonlySet<string> | null;

/** An operation that is not settled, as the queue shows it. */
export interface QueuedOperation {
  readonly operation: Operation;
  readonly state: 'pending' | 'conflict' | 'rejected';
  readonly problem?: Problem;
  readonly fields?: readonly string[];
}

export interface SyncReport {
  readonly pulled: number;
  readonly pushed: number;
  readonly conflicts: number;
  readonly rejected: number;
  readonly pending: number;
  /** Why it stopped early; absent if it went through. */
  readonly error?: DtmError;
}

/** How far the evidence ledger tells what is seen here. */
export interface EvidenceStanding {
  /** Number of its last record, as far as this process knows. */
  readonly seq: number;
  /** How much it does not tell yet; undefined where only its writer knows. */
  readonly unrecorded: number | undefined;
}

/** The tracker on disk as the use cases need it. */
export interface TrackerStore {
  readonly visible: VisibleState;
  readonly status: TrackerStatus;
  readonly onDidChange: Event<VisibleChange>;
  readonly onDidChangeStatus: Event<TrackerStatus>;
  /** For residents: holds the lease and syncs by itself from now on. */
  start(): Promise<void>;
  /** Makes operations durable and visible; resolves after fsync. @throws DtmError `cannot-write` */
  commit(operations: readonly Operation[]): Promise<void>;
  /** Waits until all are settled, or the store knows that they must wait (`queued`), or the time is over. */
  settle(opIds: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, Settlement>>;
  /** Pulls, pushes, pulls. @param timeoutMs gives up (and reports so) after that long */
  sync(timeoutMs: number): Promise<SyncReport>;
  /** Every project that this machine knows, also beyond what the workspace is limited to. */
  knownProjects(): readonly NamedProject[];
  /** Whether an entity exists, existed (and was deleted), or is about to be created. */
  isKnown(id: string): boolean;
  queue(): readonly QueuedOperation[];
  /** What the server did not take, oldest first. */
  stopped(): readonly StoppedChange[];
  /**
   * Puts operations in the place of a stopped change, durably and at once: both happen or neither.
   * @param operations none: the change is given up, and what only waited for it goes on
   * @throws DtmError `conflict` if it was settled meanwhile, `cannot-write`
   */
  replace(change: StoppedChange, operations: readonly Operation[]): Promise<void>;
  /** These unsettled operations and what depends on them: what `drop` would take out. */
  withDependents(opIds: readonly string[]): readonly Operation[];
  /** Takes unsettled operations out of the queue for good, with what depends on them. @returns how many */
  drop(opIds: readonly string[]): Promise<number>;
  /**
   * Takes in what was done to the CSV files; what is not clear stands in the status.
   * @returns false where another process looks after them
   */
  takeInCsv(): Promise<boolean>;
  /** Settles what only a person can say about edits of the CSV files. @returns what could not be deleted */
  answerCsv(answer: CsvAnswer): Promise<readonly Undeletable[]>;
  /** The person trusts CSV files that came with the folder. */
  trustCsv(): Promise<void>;
  /** Writes the CSV files even where they were changed outside. @returns the files that were set aside */
  rewriteCsv(): Promise<readonly string[]>;
  readonly evidence: EvidenceStanding;
  /** Writes what the evidence ledger does not tell yet; where another process does that, looks how far it is. */
  writeEvidence(): Promise<void>;
  /** Reads what other processes wrote meanwhile. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
