import { type Kysely, type Migration, type RawBuilder, sql } from 'kysely';
import { isPostgres } from '../engine.ts';

type Columns = Readonly<Record<string, RawBuilder<unknown>>>;

const text = sql`text not null`;
const optionalText = sql`text`;
const integer = sql`integer not null`;
/** A change's number outgrows 32 bits, which is all that PostgreSQL's `integer` has. */
const feedNumber = sql`bigint not null`;
const optionalNumber = sql`double precision`;

/** What every entity has: `seq` is its last change. */
const managed: Columns = {
  custom: text,
  version: integer,
  created_at: text,
  updated_at: text,
  created_by: text,
  updated_by: text,
  seq: feedNumber,
};

const planned: Columns = {
  name: text,
  status: text,
  owner: optionalText,
  start_date: optionalText,
  pending_reason: optionalText,
  blocked_reason: optionalText,
  completed_at: optionalText,
};

const entityTables: Readonly<Record<string, Columns>> = {
  projects: { ...planned, mission: text, target_end_date: optionalText, labels: text, repositories: text, ...managed },
  sprints: {
    project_id: text,
    ...planned,
    goal: text,
    cadence: text,
    end_date: optionalText,
    velocity_target_points: optionalNumber,
    committed_points: optionalNumber,
    ...managed,
  },
  tasks: {
    project_id: text,
    sprint_id: optionalText,
    parent_id: optionalText,
    title: text,
    description: text,
    status: text,
    priority: text,
    severity: optionalText,
    work_type: optionalText,
    owner: optionalText,
    assignees: text,
    labels: text,
    estimate_points: optionalNumber,
    actual_hours: optionalNumber,
    due_at: optionalText,
    depends_on: text,
    acceptance_criteria: text,
    links: text,
    blocked_reason: optionalText,
    started_at: optionalText,
    completed_at: optionalText,
    rank: text,
    ...managed,
  },
};

const recordTables: Readonly<Record<string, Columns>> = {
  meta: { key: sql`text primary key`, value: text },
  tombstones: {
    id: sql`text primary key`,
    entity: text,
    project_id: text,
    version: integer,
    at: text,
    actor: text,
    op_id: text,
    seq: feedNumber,
    data: text,
  },
  operations: {
    op_id: sql`text primary key`,
    entity: text,
    entity_id: text,
    kind: text,
    version: integer,
    at: text,
    actor: text,
  },
  users: {
    id: sql`text primary key`,
    username: sql`text not null unique`,
    role: text,
    password_hash: text,
    created_at: text,
  },
  sessions: {
    id: sql`text primary key`,
    user_id: sql`text not null references users (id)`,
    created_at: text,
    revoked_at: optionalText,
  },
  refresh_tokens: {
    hash: sql`text primary key`,
    session_id: sql`text not null references sessions (id)`,
    expires_at: text,
    used_at: optionalText,
    successor_hash: optionalText,
  },
};

/** Table, columns. Filters and sorts of lists, the scope of the feed, and what is looked up or pruned by age. */
const indexes: readonly (readonly [string, readonly string[]])[] = [
  ['projects', ['status']],
  ['projects', ['updated_at']],
  ['sprints', ['project_id', 'status']],
  ['sprints', ['updated_at']],
  ['tasks', ['project_id', 'status']],
  ['tasks', ['sprint_id']],
  ['tasks', ['parent_id']],
  ['tasks', ['status', 'priority']],
  ['tasks', ['owner']],
  ['tasks', ['due_at']],
  ['tasks', ['updated_at']],
  ['tasks', ['completed_at']],
  ['memberships', ['field', 'word', 'entity_id']],
  ['search_words', ['word', 'entity_id']],
  ['tombstones', ['at']],
  ['tombstones', ['project_id']],
  ['changes', ['project_id', 'seq']],
  ['changes', ['left_project_id', 'seq']],
  ['changes', ['entity_id', 'seq']],
  ['changes', ['at']],
  ['operations', ['at']],
  ['sessions', ['user_id']],
  ['refresh_tokens', ['session_id']],
];

async function createTable(db: Kysely<unknown>, name: string, columns: Columns): Promise<void> {
  const parts = Object.entries(columns).map(([column, type]) => sql`${sql.id(column)} ${type}`);
  await sql`create table ${sql.table(name)} (${sql.join(parts)})`.execute(db);
}

async function createMembershipTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('memberships')
    .addColumn('entity_id', 'text', (column) => column.notNull())
    .addColumn('field', 'text', (column) => column.notNull())
    .addColumn('word', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('memberships_key', ['entity_id', 'field', 'word'])
    .execute();
  await db.schema
    .createTable('search_words')
    .addColumn('entity_id', 'text', (column) => column.notNull())
    .addColumn('word', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('search_words_key', ['entity_id', 'word'])
    .execute();
}

/** A number is never given again, not even after the newest rows were removed. */
function ascendingNumber(db: Kysely<unknown>): RawBuilder<unknown> {
  return isPostgres(db)
    ? sql`bigint generated always as identity primary key`
    : sql`integer not null primary key autoincrement`;
}

const changes: Columns = {
  entity: text,
  entity_id: text,
  project_id: text,
  left_project_id: optionalText,
  kind: text,
  version: integer,
  at: text,
  actor: text,
  op_id: text,
  data: optionalText,
};

/** The tables of the first release. */
export const firstSchema: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const [name, columns] of Object.entries(entityTables)) {
      await createTable(db, name, { id: sql`text primary key`, ...columns });
    }
    for (const [name, columns] of Object.entries(recordTables)) await createTable(db, name, columns);
    await createMembershipTables(db);
    await createTable(db, 'changes', { seq: ascendingNumber(db), ...changes });
    for (const [table, columns] of indexes) {
      const index = db.schema.createIndex(`${table}_by_${columns.join('_')}`).on(table);
      await index.columns([...columns]).execute();
    }
  },
};
