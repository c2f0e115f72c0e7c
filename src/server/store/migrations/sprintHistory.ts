import { type Kysely, type Migration, sql } from 'kysely';

interface ChangeRow {
  readonly seq: number | string;
  readonly entity_id: string;
  readonly at: string;
  readonly data: string | null;
}

interface TaskData {
  readonly sprint_id: string | null;
  readonly status: string;
  readonly estimate_points: number | null;
}

/** What came into, left and changed in each sprint; filled from the changes that are still kept. */
export const sprintHistory: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('sprint_history')
      .addColumn('sprint_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('task_id', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('before_state', 'text', (column) => column.notNull())
      .addColumn('before_points', 'double precision', (column) => column.notNull())
      .addColumn('after_state', 'text', (column) => column.notNull())
      .addColumn('after_points', 'double precision', (column) => column.notNull())
      .addPrimaryKeyConstraint('sprint_history_key', ['sprint_id', 'seq'])
      .execute();
    await fill(db);
  },
};

async function fill(db: Kysely<unknown>): Promise<void> {
  const known = new Map<string, TaskData | null>();
  for (let last = 0; ; ) {
    const query = sql<ChangeRow>`select seq, entity_id, at, data from changes
      where entity = 'task' and seq > ${last} order by seq limit 1000`;
    const { rows } = await query.execute(db);
    for (const row of rows) {
      const next = row.data === null ? null : (JSON.parse(row.data) as TaskData);
      await record(db, row, known.get(row.entity_id) ?? null, next);
      known.set(row.entity_id, next);
    }
    if (rows.length < 1_000) return;
    last = Number(rows.at(-1)?.seq);
  }
}

async function record(db: Kysely<unknown>, row: ChangeRow, previous: TaskData | null, next: TaskData | null) {
  for (const sprint of new Set([previous?.sprint_id, next?.sprint_id])) {
    if (typeof sprint !== 'string') continue;
    const [before, after] = [memberOf(previous, sprint), memberOf(next, sprint)];
    if (before.state === after.state && before.points === after.points) continue;
    await sql`insert into sprint_history
      (sprint_id, seq, task_id, at, before_state, before_points, after_state, after_points)
      values (${sprint}, ${Number(row.seq)}, ${row.entity_id}, ${row.at},
        ${before.state}, ${before.points}, ${after.state}, ${after.points})`.execute(db);
  }
}

function memberOf(task: TaskData | null, sprint: string): { readonly state: string; readonly points: number } {
  if (!task || task.sprint_id !== sprint) return { state: 'out', points: 0 };
  const state = task.status === 'done' || task.status === 'dropped' ? task.status : 'open';
  return { state, points: task.estimate_points ?? 0 };
}
