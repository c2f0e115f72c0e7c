import type { Event } from '../../core/ports.ts';
import type { TaskCount } from '../../core/taskStatistics.ts';
import type { AccountTable } from './accountTable.ts';
import type { AnswerTable } from './answerTable.ts';
import type { AuditTable } from './auditTable.ts';
import type { EntityTable } from './entityTable.ts';
import type { ChangeRecord, FeedTable, Scope } from './feedTable.ts';
import type { LoginAttemptTable } from './loginAttemptTable.ts';
import type { MetaTable } from './metaTable.ts';
import type { OperationTable } from './operationTable.ts';
import type { PersonalTokenTable } from './personalTokenTable.ts';
import type { SnapshotPosition } from './snapshotQuery.ts';
import type { SprintHistoryTable } from './sprintHistoryTable.ts';
import type { TombstoneTable } from './tombstoneTable.ts';
import type { UserTable } from './userTable.ts';

/** One transaction: everything read in it belongs to one moment, everything written in it happens or does not. */
export interface Transaction {
  readonly entities: EntityTable;
  readonly tombstones: TombstoneTable;
  readonly operations: OperationTable;
  readonly accounts: AccountTable;
  readonly loginAttempts: LoginAttemptTable;
  readonly answers: AnswerTable;
  readonly personalTokens: PersonalTokenTable;
  readonly users: UserTable;
  readonly feed: FeedTable;
  readonly audit: AuditTable;
  readonly sprintHistory: SprintHistoryTable;
  readonly meta: MetaTable;
  /** The tasks of a project or a sprint, counted. @param now RFC 3339, what `overdue` is measured against */
  countTasks(field: 'project_id' | 'sprint_id', id: string, now: string): Promise<TaskCount[]>;
  /** Runs a part that is undone alone if it fails. */
  part<T>(work: () => Promise<T>): Promise<T>;
  /** Sessions that were not ended. */
  countSessions(): Promise<number>;
  /** A stretch of the state as it stood at change `upTo`. */
  snapshot(position: SnapshotPosition, upTo: number, limit: number, scope: Scope): Promise<ChangeRecord[]>;
}

/** Which data a store holds. The epoch grows when a backup is restored. */
export interface StoreIdentity {
  readonly serverId: string;
  readonly datasetId: string;
  readonly epoch: number;
}

/** Degraded: it answers, but takes no writes. Unhealthy: it does not answer, or keeps nothing any more. */
export type DatabaseStatus = 'healthy' | 'degraded' | 'unhealthy';

/** Where the server keeps everything. */
export interface Store {
  readonly engine: 'sqlite' | 'postgresql';
  readonly identity: StoreIdentity;
  /** Reads from one consistent state; never waits for writers. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Writes alone, whichever process writes; rolled back if `work` throws, durable when it resolves. `work` may run more
   * than once, so it must have no other effects; what it catches from a statement it must throw again.
   */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Tells that something may have been committed, also by another process on the same database; if there can be one. */
  readonly elsewhere?: {
    readonly onDidCommit: Event<void>;
    /** Another process has exchanged the data: what this one knows of them no longer holds, so it has to end. */
    readonly onDidReplace: Event<void>;
  };
  /** How the database is at this moment. Changes nothing. */
  check(): Promise<DatabaseStatus>;
  close(): Promise<void>;
}
