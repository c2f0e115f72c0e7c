import assert from 'node:assert/strict';
import { batchAnswer } from '../../src/api/sync.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';
import { create, newOpId, remove, restore, update, wholeProject, wholeTask } from './operations.ts';

describe('batch', () => {
  const api = useApi(useDtmServer());
  let count = 0;
  const fresh = (prefix: string) => `${prefix}-B${++count}`;

  before(async () => {
    await api().make('projects', { id: 'P-B', name: 'Batches' });
  });

  async function send(...operations: readonly object[]): Promise<readonly Body[]> {
    const answer = await api().must('POST', '/api/v1/batch', { operations });
    batchAnswer.parse(answer);
    assert.equal(answer.results.length, operations.length);
    return answer.results;
  }
  const outcomes = (results: readonly Body[]) => results.map((result) => result.outcome);
  const task = (fields: object = {}) => api().make('tasks', { project_id: 'P-B', title: 'Task', ...fields });
  const read = (id: string) => api().must('GET', `/api/v1/tasks/${id}`);
  const newTask = (fields: Readonly<Record<string, unknown>> = {}) => wholeTask(fresh('T'), 'P-B', fields);

  it('applies creates, updates, deletes and restores in order, each with its version', async () => {
    const data = newTask();
    const id = String(data.id);
    const title = [data.title, 'Changed'] as const;
    const results = await send(
      create(data),
      update(id, { title }),
      update(id, {}, { sets: { labels: { add: ['x'], remove: [] } } }),
      remove({ ...data, title: 'Changed', labels: ['x'] }),
      restore({ ...data, title: 'Changed', labels: ['x'] }),
    );
    assert.deepEqual(
      outcomes(results),
      Array.from({ length: 5 }, () => 'applied'),
    );
    assert.deepEqual(
      results.map((result) => result.version),
      [1, 2, 3, 4, 5],
    );
    assert.equal(results[3]?.entity, null);
    assert.deepEqual(results[4]?.entity, await read(id));
  });

  it('takes a step of the status back that was really made, and no other', async () => {
    const { id } = await task({ status: 'ready' });
    const groupId = newOpId();
    const begin = update(id, { status: ['ready', 'in_progress'] }, { group_id: groupId });
    const finish = update(id, { status: ['in_progress', 'done'] }, { group_id: groupId });
    assert.deepEqual(outcomes(await send(begin, finish)), ['applied', 'applied']);

    const unsaid = update(id, { status: ['done', 'in_progress'] });
    const unknown = { ...unsaid, op_id: newOpId(), undoes: newOpId() };
    const another = { ...unsaid, op_id: newOpId(), undoes: begin.op_id };
    const elsewhere = { ...update((await task({ status: 'done' })).id, { status: ['done', 'in_progress'] }) };
    const results = await send(unsaid, unknown, another, { ...elsewhere, undoes: finish.op_id });
    assert.deepEqual(
      results.map((result) => result.outcome === 'skipped' || result.problem?.type),
      ['/problems/illegal-transition', true, true, '/problems/illegal-transition'],
    );
    for (const operation of [unknown, another]) {
      const [alone] = await send({ ...operation, op_id: newOpId() });
      assert.equal(alone?.problem?.type, '/problems/illegal-transition');
    }

    const back = [
      update(id, { status: ['done', 'in_progress'] }, { undoes: finish.op_id }),
      update(id, { status: ['in_progress', 'ready'] }, { undoes: begin.op_id }),
    ];
    assert.deepEqual(outcomes(await send(...back)), ['applied', 'applied']);
    const { status, completed_at } = await read(id);
    assert.deepEqual([status, completed_at], ['ready', null]);
    const forth = update(id, { status: ['ready', 'in_progress'] }, { undoes: back[1]?.op_id });
    assert.deepEqual(outcomes(await send(forth)), ['applied']);
  });

  it('brings back tasks that refer to each other and were deleted together', async () => {
    const whole = newTask();
    const part = newTask({ parent_id: whole.id });
    await send(create(whole), create(part), update(String(whole.id), {}, { sets: { depends_on: { add: [part.id] } } }));
    const before = { ...whole, depends_on: [part.id] };
    const groupId = newOpId();
    await send(remove(before, { group_id: groupId }), remove(part, { group_id: groupId }));
    const again = newOpId();
    const results = await send(restore(part, { group_id: again }), restore(before, { group_id: again }));
    assert.deepEqual(outcomes(results), ['applied', 'applied']);
    assert.deepEqual(
      [(await read(String(part.id))).parent_id, (await read(String(whole.id))).depends_on],
      [whole.id, [part.id]],
    );
  });

  it('recognises a repeat by its operation id, whatever happened since', async () => {
    const operation = create(newTask());
    await send(operation);
    await api().must('PATCH', `/api/v1/tasks/${operation.id}`, { title: 'Later' });
    const [repeat] = await send(operation);
    assert.equal(repeat?.outcome, 'duplicate');
    assert.equal(repeat?.version, 2);
    assert.equal(repeat?.entity?.title, 'Later');
    await api().must('DELETE', `/api/v1/tasks/${operation.id}`);
    const [afterwards] = await send(operation);
    assert.equal(afterwards?.outcome, 'duplicate');
    assert.equal(afterwards?.version, 3);
    assert.equal(afterwards?.entity, null);
  });

  it('applies an operation once when the same one arrives many times at once', async () => {
    const { id } = await task();
    const operation = update(id, {}, { sets: { labels: { add: ['raced'], remove: [] } } });
    const made = create(newTask());
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(operation, made)));
    for (const place of [0, 1]) {
      const found = answers.map((results) => results[place]?.outcome).sort();
      assert.deepEqual(found, ['applied', ...Array.from({ length: 11 }, () => 'duplicate')]);
    }
    assert.equal((await read(id)).version, 2);
    assert.equal((await read(made.id)).version, 1);
  });

  it('recognises a repeat within one batch', async () => {
    const operation = create(newTask());
    assert.deepEqual(outcomes(await send(operation, operation)), ['applied', 'duplicate']);
  });

  describe('compare and set', () => {
    it('merges changes of different fields, and calls a field changed meanwhile a conflict', async () => {
      const { id } = await task();
      await api().must('PATCH', `/api/v1/tasks/${id}`, { title: 'Theirs' });
      const [merged, conflict] = await send(
        update(id, { description: ['', 'Mine'] }),
        update(id, { title: ['Task', 'Mine'], priority: ['p2', 'p0'] }),
      );
      assert.equal(merged?.outcome, 'applied');
      assert.equal(conflict?.outcome, 'conflict');
      assert.deepEqual(conflict?.fields, ['title']);
      assert.equal(conflict?.current?.title, 'Theirs');
      assert.equal((await read(id)).priority, 'p2');
    });

    it('takes a field that already is what it should become', async () => {
      const { id } = await task();
      await api().must('PATCH', `/api/v1/tasks/${id}`, { title: 'Same' });
      const operation = update(id, { title: ['Task', 'Same'] });
      const [result] = await send(operation);
      assert.equal(result?.outcome, 'applied');
      assert.equal(result?.version, 2);
      assert.equal((await send(operation))[0]?.outcome, 'duplicate');
    });

    it('does not use the id of a conflicting operation up', async () => {
      const { id } = await task();
      const operation = update(id, { title: ['Before', 'After'] });
      assert.equal((await send(operation))[0]?.outcome, 'conflict');
      await api().must('PATCH', `/api/v1/tasks/${id}`, { title: 'Before' });
      assert.equal((await send(operation))[0]?.outcome, 'applied');
    });

    it('refuses to delete what has changed since, and deletes what is gone already', async () => {
      const before = await task();
      await api().must('PATCH', `/api/v1/tasks/${before.id}`, { title: 'Changed' });
      const [conflict] = await send(remove(before));
      assert.equal(conflict?.outcome, 'conflict');
      assert.deepEqual(conflict?.fields, ['title']);
      await api().must('DELETE', `/api/v1/tasks/${before.id}`);
      const [gone] = await send(remove(before));
      assert.equal(gone?.outcome, 'applied');
      assert.equal(gone?.version, 3);
    });

    it('calls the change of a deleted entity a conflict', async () => {
      const { id } = await task();
      await api().must('DELETE', `/api/v1/tasks/${id}`);
      const [result] = await send(update(id, { title: ['Task', 'Too late'] }));
      assert.equal(result?.outcome, 'conflict');
      assert.equal(result?.current, null);
    });

    it('calls a create of an id that another operation made a conflict, even of an equal entity', async () => {
      const data = newTask();
      await send(create(data));
      const [result] = await send(create(data));
      assert.equal(result?.outcome, 'conflict');
      assert.equal(result?.problem.type, '/problems/already-exists');
      assert.equal(result?.current?.id, data.id);
    });
  });

  describe('conflict or rejected', () => {
    it('rejects what is wrong in itself', async () => {
      const { id } = await task();
      const wrong = [
        [update(id, { status: ['new', 'done'] }), '/problems/illegal-transition'],
        [update(id, { project_id: ['P-B', 'P-NEVER'] }), '/problems/validation'],
        [update(id, { parent_id: [null, id] }), '/problems/dependency-cycle'],
        [update('T-NEVER', { title: ['a', 'b'] }), '/problems/not-found'],
        [create(newTask({ status: 'blocked' })), '/problems/validation'],
        [restore(newTask()), '/problems/not-found'],
      ] as const;
      for (const [operation, type] of wrong) {
        const [result] = await send(operation);
        assert.equal(result?.outcome, 'rejected', JSON.stringify(result));
        assert.equal(result?.problem.type, type);
        assert.ok(result?.problem.detail);
      }
      assert.equal((await read(id)).version, 1);
    });

    it('calls a reference to something that was deleted meanwhile a conflict', async () => {
      const sprint = await api().make('sprints', { project_id: 'P-B', name: 'Gone soon' });
      const { id } = await task();
      await api().must('DELETE', `/api/v1/sprints/${sprint.id}`);
      const [moved, made] = await send(
        update(id, { sprint_id: [null, sprint.id] }),
        create(newTask({ sprint_id: sprint.id })),
      );
      assert.equal(moved?.outcome, 'conflict');
      assert.deepEqual(moved?.fields, ['sprint_id']);
      assert.equal(made?.outcome, 'conflict');
    });

    it('calls it a conflict when others changed the field that makes it wrong', async () => {
      const sprint = await api().make('sprints', { project_id: 'P-B', name: 'Dates', end_date: '2026-12-31' });
      await api().must('PATCH', `/api/v1/sprints/${sprint.id}`, { end_date: '2026-01-31' });
      const [result] = await send(update(sprint.id, { start_date: [null, '2026-06-01'] }));
      assert.equal(result?.outcome, 'conflict');
      assert.deepEqual(result?.fields, ['end_date']);
    });

    it('does not delete a project into which somebody put something', async () => {
      const project = await api().make('projects', { name: 'Filled' });
      await api().make('tasks', { project_id: project.id, title: 'From someone else' });
      const [result] = await send(remove(project));
      assert.equal(result?.outcome, 'conflict');
      assert.equal(result?.problem.type, '/problems/has-dependents');
    });
  });

  it('answers an operation that cannot be read at its place, and goes on with the others', async () => {
    const good = create(newTask());
    const results = await send(
      { op_id: 'not a ulid', entity: 'task', id: 'T-1', kind: 'update' },
      { ...update('T-1', {}), entity: 'project' },
      { ...update('T-1', { colour: ['a', 'b'] }) },
      { ...update('T-1', { version: [1, 2] }) },
      { nothing: true },
      good,
    );
    assert.deepEqual(outcomes(results), [...Array.from({ length: 5 }, () => 'rejected'), 'applied']);
    for (const result of results.slice(0, 5)) assert.equal(result.problem.type, '/problems/validation');
  });

  describe('groups', () => {
    it('are applied together or not at all', async () => {
      const { id } = await task();
      const group = { group_id: newOpId() };
      const data = newTask();
      const steps = [create(data, group), update(id, { status: ['new', 'ready'] }, group)];
      const failing = update(id, { title: ['Not this', 'x'] }, group);
      assert.deepEqual(outcomes(await send(...steps, failing)), ['skipped', 'skipped', 'conflict']);
      assert.equal((await api().get(`/api/v1/tasks/${data.id}`)).status, 404);
      assert.equal((await read(id)).version, 1);
      assert.deepEqual(outcomes(await send(...steps)), ['applied', 'applied']);
      assert.deepEqual(outcomes(await send(...steps)), ['duplicate', 'duplicate']);
    });

    it('walk a lifecycle in one transaction', async () => {
      const { id } = await task();
      const group = { group_id: newOpId() };
      const path = ['new', 'ready', 'in_progress', 'done'];
      const steps = path.slice(1).map((to, index) => update(id, { status: [path[index], to] }, group));
      assert.deepEqual(outcomes(await send(...steps)), ['applied', 'applied', 'applied']);
      assert.equal((await read(id)).version, 4);
    });

    it('fail as a whole when one of them cannot be read', async () => {
      const { id } = await task();
      const group = { group_id: newOpId() };
      const results = await send(update(id, { title: ['Task', 'x'] }, group), { ...group, op_id: 'unreadable' });
      assert.deepEqual(outcomes(results), ['skipped', 'rejected']);
      assert.equal((await read(id)).title, 'Task');
    });

    it('delete children before their project', async () => {
      const project = await api().make('projects', { name: 'All of it' });
      const child = await api().make('tasks', { project_id: project.id, title: 'Child' });
      const group = { group_id: newOpId() };
      assert.deepEqual(outcomes(await send(remove(child, group), remove(project, group))), ['applied', 'applied']);
    });
  });

  it('skips what depends on something that failed in the same batch, and only that', async () => {
    const project = wholeProject(fresh('P'), { status: 'active' });
    const first = wholeTask(fresh('T'), String(project.id));
    const second = wholeTask(fresh('T'), 'P-B', { depends_on: [first.id] });
    const results = await send(
      create(project),
      create(first),
      update(String(first.id), { title: [first.title, 'x'] }),
      create(second),
      create(newTask()),
    );
    assert.deepEqual(outcomes(results), ['rejected', 'skipped', 'skipped', 'skipped', 'applied']);
  });

  it('clamps the time of the person between the last change and now', async () => {
    const { id, updated_at } = await task({ status: 'in_progress' });
    const [past] = await send(update(id, { status: ['in_progress', 'done'] }, { at: '2001-01-01T00:00:00.000Z' }));
    assert.equal(past?.entity?.completed_at, updated_at);
    const data = newTask({ status: 'done', completed_at: '1999-01-01T00:00:00.000Z' });
    const [future] = await send(create(data, { at: '2999-01-01T00:00:00.000Z' }));
    assert.equal(future?.entity?.created_at, future?.entity?.updated_at);
    assert.equal(future?.entity?.completed_at, future?.entity?.updated_at);
  });

  it('writes the name of who signed in, not what the operation claims', async () => {
    const [result] = await send(create(newTask({ created_by: 'mallory' }), { account: 'mallory' }));
    assert.equal(result?.entity?.created_by, 'admin');
  });

  it('takes at most 1,000 operations', async () => {
    const operations = Array.from({ length: 1_001 }, () => update('T-1', {}));
    const { status, body } = await api().post('/api/v1/batch', { operations });
    assert.equal(status, 422);
    assert.equal(body.errors[0]?.path, 'operations');
    assert.equal((await api().post('/api/v1/batch', { operations: [] })).status, 422);
  });

  it('takes 1,000 operations at once', async () => {
    const operations = Array.from({ length: 1_000 }, () => create(newTask()));
    const results = await send(...operations);
    assert.equal(results.filter((result) => result.outcome === 'applied').length, 1_000);
  });
});
