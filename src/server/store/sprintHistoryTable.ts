import type { Kysely } from 'kysely';
import type { RecordedEvent } from '../../core/burndown.ts';
import type { Database } from './schema.ts';

/** What came into, left and changed in each sprint: what burndowns are made of. Never removed. */
export class SprintHistoryTable {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async add({ sprintId, taskId, seq, at, before, after }: RecordedEvent): Promise<void> {
    const states = { before_state: before.state, after_state: after.state };
    const points = { before_points: before.points, after_points: after.points };
    const row = { sprint_id: sprintId, task_id: taskId, seq, at, ...states, ...points };
    await this.#db.insertInto('sprint_history').values(row).execute();
  }

  /** In the order of changes. */
  async of(sprintId: string): Promise<RecordedEvent[]> {
    const query = this.#db.selectFrom('sprint_history').selectAll().where('sprint_id', '=', sprintId);
    return (await query.orderBy('seq').execute()).map((row) => ({
      sprintId,
      taskId: row.task_id,
      seq: Number(row.seq),
      at: row.at,
      before: { state: row.before_state, points: row.before_points },
      after: { state: row.after_state, points: row.after_points },
    }));
  }
}
