import type { Generated } from 'kysely';
import type { EntityKind } from '../../core/ids.ts';
import type { Operation, Surface } from '../../core/operation.ts';
import type { MemberState } from '../../core/sprintHistory.ts';

export type OperationKind = Operation['kind'];

export type SqlValue = string | number | null;

/**
 * A row of `projects`, `sprints` or `tasks`: one column per field in its wire name (lists and objects as JSON text),
 * and `seq`, the last change of the entity.
 */
export type EntityRow = Record<string, SqlValue>;

/** Every table. The types are those that SQLite and PostgreSQL share. */
export interface Database {
  readonly meta: { key: string; value: string };
  readonly projects: EntityRow;
  readonly sprints: EntityRow;
  readonly tasks: EntityRow;
  readonly memberships: { entity_id: string; field: string; word: string };
  readonly search_words: { entity_id: string; word: string };
  readonly tombstones: TombstoneRow;
  readonly changes: ChangeRow;
  readonly operations: OperationRow;
  readonly audit: AuditRow;
  readonly sprint_history: SprintHistoryRow;
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly refresh_tokens: RefreshTokenRow;
  readonly login_attempts: LoginAttemptRow;
  readonly stored_answers: StoredAnswerRow;
  readonly personal_tokens: PersonalTokenRow;
}

export interface TombstoneRow {
  id: string;
  entity: EntityKind;
  project_id: string;
  version: number;
  at: string;
  actor: string;
  op_id: string;
  seq: number;
  /** The entity as it was, JSON in wire names. */
  data: string;
}

export interface ChangeRow {
  seq: Generated<number>;
  entity: EntityKind;
  entity_id: string;
  project_id: string;
  /** The project that the entity left by this change. */
  left_project_id: string | null;
  kind: OperationKind;
  version: number;
  at: string;
  actor: string;
  op_id: string;
  data: string | null;
}

export interface AuditRow {
  /** That of the change. */
  seq: number;
  entity: EntityKind;
  entity_id: string;
  kind: OperationKind;
  version: number;
  at: string;
  actor: string;
  surface: Surface;
  op_id: string;
  request_id: string | null;
  reason: string | null;
  /** Field → {from, to}, JSON. */
  fields: string;
}

export interface SprintHistoryRow {
  sprint_id: string;
  /** That of the change. */
  seq: number;
  task_id: string;
  at: string;
  before_state: MemberState;
  before_points: number;
  after_state: MemberState;
  after_points: number;
}

export interface OperationRow {
  op_id: string;
  entity: EntityKind;
  entity_id: string;
  kind: OperationKind;
  version: number;
  at: string;
  actor: string;
}

export interface UserRow {
  id: string;
  username: string;
  role: 'viewer' | 'member' | 'admin';
  password_hash: string;
  created_at: string;
  /** When the user was switched off. */
  disabled_at: string | null;
}

export interface SessionRow {
  id: string;
  user_id: string;
  created_at: string;
  revoked_at: string | null;
}

export interface RefreshTokenRow {
  hash: string;
  session_id: string;
  expires_at: string;
  /** When it was exchanged for its successor. */
  used_at: string | null;
  successor_hash: string | null;
}

export interface LoginAttemptRow {
  /** SHA-256 of the name. */
  name_key: string;
  /** Empty: all addresses together. */
  address: string;
  /** When sign-ins failed, JSON. */
  failures: string;
  last_at: string;
}

export interface PersonalTokenRow {
  id: string;
  hash: string;
  user_id: string;
  name: string;
  scope: 'read' | 'write' | 'admin';
  created_at: string;
  expires_at: string;
}

export interface StoredAnswerRow {
  account: string;
  key: string;
  fingerprint: string;
  status: number;
  /** JSON. */
  headers: string;
  body: string | null;
  at: string;
}

/** The table of each kind. */
const tables = { project: 'projects', sprint: 'sprints', task: 'tasks' } as const;

/** The three tables have one row type, so queries are written once, for `tasks`, and run on any of them. */
export function tableOf(kind: EntityKind): 'tasks' {
  return tables[kind] as 'tasks';
}
