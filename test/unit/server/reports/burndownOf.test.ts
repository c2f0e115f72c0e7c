import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { monotonicFactory } from 'ulid';
import type { Sprint } from '../../../../src/core/sprint.ts';
import { burndownOf, velocityOf } from '../../../../src/server/reports/burndownOf.ts';
import { sprintHistory } from '../../../../src/server/store/migrations/sprintHistory.ts';
import { nodeSqliteDialect, openWriter } from '../../../../src/server/store/nodeSqlite.ts';
import { openSqliteStore } from '../../../../src/server/store/sqliteStore.ts';
import type { Store } from '../../../../src/server/store/store.ts';
import { completeSprint, reopenTask, walkTo } from '../../../../src/server/write/transitions.ts';
import { createEntity, deleteEntity, patchEntity } from '../../../../src/server/write/writeEntity.ts';
import { useTemporaryFolder } from '../../../support/temporary.ts';

describe('the burndown of a sprint that was lived through', () => {
  const folder = useTemporaryFolder('burndown');
  const ulid = monotonicFactory();
  let store: Store;
  let now = '';

  beforeEach(async () => {
    store = await openSqliteStore(folder());
  });
  afterEach(() => store.close());

  const context = () => ({
    store,
    ids: { ulid: () => ulid(), randomBytes: (count: number) => randomBytes(count) },
    now: () => now,
  });
  const day = (date: number) => {
    now = `2026-03-${String(date).padStart(2, '0')}T09:00:00.000Z`;
  };
  const actor = 'ada';
  const make = (kind: 'project' | 'sprint' | 'task', body: object) =>
    createEntity(context(), { kind, actor, body: { ...(kind === 'project' ? {} : { project_id: 'P-1' }), ...body } });
  const task = (id: string, points: number | null, sprint: string | null = 'S-1') =>
    make('task', { id, title: id, estimate_points: points, sprint_id: sprint });
  const request = (kind: 'sprint' | 'task', id: string, body: object = {}) => ({ kind, id, actor, body });
  const patch = (id: string, body: object) => patchEntity(context(), request('task', id, body));
  const complete = (id: string) => walkTo(context(), request('task', id), 'done');
  const find = async (id: string) => (await store.read((tx) => tx.entities.find('sprint', id))) as Sprint;

  async function live(): Promise<void> {
    day(1);
    await make('project', { id: 'P-1', name: 'Apollo' });
    await make('sprint', { id: 'S-1', name: 'One', start_date: '2026-03-02', end_date: '2026-03-06' });
    await make('sprint', { id: 'S-2', name: 'Two' });
    await task('T-1', 5);
    await task('T-2', 3);
    day(2);
    await task('T-3', 2);
    await walkTo(context(), request('sprint', 'S-1'), 'active');
    await complete('T-1');
    await task('T-4', 8);
    day(3);
    await patch('T-2', { estimate_points: 5 });
    await reopenTask(context(), request('task', 'T-1'));
    await task('T-5', null);
    await patch('T-2', { title: 'Renamed, which is no news to a sprint' });
    day(4);
    await patch('T-4', { sprint_id: null });
    await deleteEntity(context(), request('task', 'T-5'), false);
    await complete('T-1');
    day(5);
    await completeSprint(context(), { ...request('sprint', 'S-1', { carry_over_to: 'S-2' }), kind: 'sprint' });
    day(9);
    await complete('T-2');
    await walkTo(context(), request('sprint', 'S-2'), 'completed');
  }

  it('is what was worked out by hand: additions, removals, estimates, reopening, carry-over', async () => {
    await live();
    const sprint = await find('S-1');
    const { committed, days } = await store.read((tx) => burndownOf(tx, sprint, now));
    assert.deepEqual(committed.points, { scope: 10, done: 0, remaining: 10 });
    assert.deepEqual(
      days.map(({ date, points: p, tasks: t }) => {
        return [date, p.added, p.removed, p.reestimated, p.completed, p.reopened, p.remaining, t.scope, t.remaining];
      }),
      [
        ['2026-03-02', 8, 0, 0, 5, 0, 13, 4, 3],
        ['2026-03-03', 0, 0, 2, 0, 5, 20, 5, 5],
        ['2026-03-04', 0, 8, 0, 5, 0, 7, 3, 2],
        ['2026-03-05', 0, 0, 0, 0, 0, 7, 3, 2],
      ],
      'what was carried over on the last day is left in it as undone',
    );
  });

  it('gives each sprint what was done in it, and the velocity its mean', async () => {
    await live();
    const sprints = [await find('S-1'), await find('S-2')];
    const { sprints: results, average } = await store.read((tx) => velocityOf(tx, sprints, now));
    assert.deepEqual(
      results.map(({ sprintId, committed, completed }) => [sprintId, committed, completed]),
      // S-2 was begun only when T-2 (5 points) and T-3 (2 points) were in it and T-2 was done.
      [
        ['S-1', 10, 5],
        ['S-2', 7, 5],
      ],
    );
    assert.equal(average, 5);
  });

  it('is found again in the changes of a database from before there was a history', async () => {
    await live();
    const kept = await store.read((tx) => tx.sprintHistory.of('S-1'));
    await store.close();
    const database = openWriter(join(folder(), 'dtm.sqlite'));
    database.exec('drop table sprint_history');
    const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(database) });
    await sprintHistory.up(db);
    await db.destroy();
    store = await openSqliteStore(folder());
    assert.ok(kept.length > 0);
    assert.deepEqual(await store.read((tx) => tx.sprintHistory.of('S-1')), kept);
  });
});
