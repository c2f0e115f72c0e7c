import type { CsvAnswer, Undeletable } from '../core/csvEdits.ts';
import type { EvidenceRecord } from '../core/evidence/record.ts';
import type { Verification } from '../core/evidence/report.ts';
import type { Operation } from '../core/operation.ts';
import type { Capabilities, Event, QueuedOperation, SyncReport, TrackerStatus, VisibleChange } from '../core/ports.ts';
import type { NamedProject } from '../core/project.ts';
import type { Binding, BindingPlan, ServerChoice } from './binding.ts';
import type { CopyPlan } from './copying.ts';
import type { ImportPlan } from './importing.ts';
import type { StoppedChanges } from './stoppedChanges.ts';
import type { TrackerService } from './trackerService.ts';
import type { TrackerSummary } from './trackers.ts';
import type { UndoHistory } from './undoHistory.ts';

/** The account that a token was issued for. */
export interface Account {
  readonly origin: string;
  readonly username: string;
  readonly role: string;
  /** Nobody signs in to this server: the name is one that the person chose. */
  readonly isNameOnly?: boolean;
}

/** Signing in and out. Tokens go only to the origin that issued them. */
export interface AccountService {
  /**
   * Signs in with a password; the refresh token is kept in the token store.
   * @throws DtmError `unauthenticated` (wrong name or password), `offline`, `rate-limited`, `incompatible`
   */
  login(origin: string, username: string, password: string): Promise<Account>;
  /** Ends the session on the server where it can be reached, and forgets the token in any case. */
  logout(origin: string): Promise<void>;
  /**
   * Ends all sessions of the account that is signed in here, on every machine.
   * @throws DtmError `unauthenticated` if nobody is; `offline` if the server cannot be told, in which case nothing ended
   */
  logoutEverywhere(origin: string): Promise<void>;
  /**
   * Asks the server who is signed in; signs in to a local server by itself.
   * @throws DtmError `unauthenticated` if nobody is, `offline` if it cannot be asked
   */
  whoAmI(origin: string): Promise<Account>;
  /** The name whose token is kept for that origin, without asking the server. */
  knownAccount(origin: string): Promise<string | undefined>;
}

/** Which server the workspace belongs to. */
export interface BindingService {
  readonly current: Binding | undefined;
  readonly onDidChange: Event<Binding | undefined>;
  /** What the server that the workspace belongs to can do; undefined while it belongs to none. */
  readonly capabilities: Capabilities | undefined;
  /** What binding to this server would mean. Needs to be signed in, where that is possible. @throws DtmError */
  plan(origin: string, choice?: ServerChoice): Promise<BindingPlan>;
  /** Binds, creates what is only local on the server, and syncs. @throws DtmError */
  bind(plan: BindingPlan): Promise<Binding>;
  /** Goes back to the local tracker; what belongs to the server is set aside whole and comes back with `bind`. */
  unbind(): Promise<void>;
  /**
   * The projects to choose from when the workspace is limited to some: of the server where it can be asked, else those
   * that are known here.
   */
  projects(): Promise<readonly NamedProject[]>;
  /** Where this workspace belongs and belonged, and what waits there. */
  list(): Promise<readonly TrackerSummary[]>;
  /**
   * Goes back to an earlier binding, or to the local tracker, as it was left; no server need be there. Then syncs.
   * @param name of its tracker, or the beginning of it
   * @throws DtmError `not-found`, `ambiguous-id`
   */
  returnTo(name: string): Promise<Binding | undefined>;
}

/** What came of looking through the evidence ledger. */
export interface EvidenceCheck extends Verification {
  /** Where it is. */
  readonly folder: string;
  /** How much of what is seen here it does not tell yet; undefined where only the process that writes it knows. */
  readonly unrecorded: number | undefined;
}

/** The evidence ledger of this workspace; it is only read, so that no lease is needed. */
export interface EvidenceService {
  /** Verifies every record, and that they come to what is seen now where they tell all of it. @throws DtmError */
  verify(): Promise<EvidenceCheck>;
  /**
   * The newest records, the newest last; lines that cannot be read are left out.
   * @param about the id of an entity; undefined: everything
   * @returns also how many there are in all
   */
  list(
    about: string | undefined,
    most: number,
  ): Promise<{ readonly records: readonly EvidenceRecord[]; readonly total: number }>;
  /**
   * Copies the ledger into a folder, where it can be verified by anybody; an earlier copy there is brought up to date.
   * @throws DtmError `conflict` if a file there is no earlier copy, `cannot-write`
   */
  export(folder: string): Promise<EvidenceCopy>;
}

/** A copy of the evidence ledger. */
export interface EvidenceCopy {
  readonly folder: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Everything that an edge (editor, CLI) needs, wired together by `createApp`. */
export interface DtmApp {
  /** The folder whose `.dtm` is used; undefined for the personal workspace of a window without a folder. */
  readonly folder: string | undefined;
  /** Where the journal and the base image of this workspace are. */
  readonly stateFolder: string;
  readonly tracker: TrackerService;
  readonly accounts: AccountService;
  readonly binding: BindingService;
  /** What the server did not take, and deciding about it. */
  readonly stopped: StoppedChanges;
  /** What was changed through `tracker`, and taking it back. */
  readonly undo: UndoHistory;
  /** Who changed what, when and why, and whether that record can be trusted. */
  readonly evidence: EvidenceService;
  readonly status: TrackerStatus;
  readonly onDidChangeStatus: Event<TrackerStatus>;
  /** Entities whose visible form changed (ids), or null where everything may have. */
  readonly onDidChange: Event<VisibleChange>;
  /** For residents, once the first view can be shown: holds the lease and syncs by itself from now on. */
  start(): Promise<void>;
  /**
   * Pulls, pushes, pulls now. Resolves with a report that names the error if it could not.
   * @param timeoutMs gives up waiting (and reports so) after that long; default ten minutes
   */
  syncNow(timeoutMs?: number): Promise<SyncReport>;
  queue(): readonly QueuedOperation[];
  /** These queued operations, and what would fall with them if they were dropped. */
  withDependents(opIds: readonly string[]): readonly Operation[];
  /** Drops parked or pending operations for good, with what depends on them. @returns how many */
  dropQueued(opIds: readonly string[]): Promise<number>;
  /** What importing from a server would bring into this tracker, whatever kind of server it is. @throws DtmError */
  planImport(origin: string, choice?: ServerChoice): Promise<ImportPlan>;
  /**
   * What importing the CSV files of an older tracker would bring; they are only read.
   * @param path their folder, the folder of a project that has them in `trackers/csv`, or one of them
   * @throws DtmError `not-found`, `cannot-read`
   */
  planFileImport(path: string): Promise<ImportPlan>;
  /** Creates what the plan holds here. */
  runImport(plan: ImportPlan): Promise<void>;
  /**
   * What copying from another tracker of this workspace would create in the present one.
   * @param name of that tracker, or the beginning of it
   * @throws DtmError `not-found`, `ambiguous-id`, `usage` if it is the present one, `forbidden` if the server is only read
   */
  planCopy(name: string): Promise<CopyPlan>;
  /** Creates what the plan holds here. @throws DtmError `cannot-write` */
  runCopy(plan: CopyPlan): Promise<void>;
  /** Reads what other processes wrote meanwhile; the editor does so by itself. */
  refresh(): Promise<void>;
  /**
   * Takes in what was done to the CSV files; a resident does so by itself. What is not clear stands in the status.
   * @returns false where another process looks after them
   */
  takeInCsv(): Promise<boolean>;
  /**
   * Settles what only a person can say about edits of the CSV files, and writes them anew.
   * @returns what could not be deleted, and why
   */
  answerCsv(answer: CsvAnswer): Promise<readonly Undeletable[]>;
  /** The person trusts CSV files that came with the folder: they are read from now on. */
  trustCsv(): Promise<void>;
  /** Writes the CSV files anew even where they were changed outside; the outside version is set aside. @returns files set aside */
  rewriteCsv(): Promise<readonly string[]>;
  /** Writes what is due (CSV files), gives up the lease, closes files and sockets. */
  close(): Promise<void>;
}
