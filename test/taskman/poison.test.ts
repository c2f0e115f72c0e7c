import assert from 'node:assert/strict';
import { api, type Body, call, seed, task } from './client.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('Extra: rows that break what reads them', (taskman, database) => {
  const send = (method: string, path: string, body?: Body) => call(taskman(), method, `${api}/${path}`, body);
  const statusOf = async (path: string) => (await send('GET', path)).status;

  it('a due date is refused on create and on update, and nothing is stored', async () => {
    await seed(taskman(), [task('T-1')]);
    const due = { due_at: '2025-06-01T12:00:00Z' };
    assert.equal((await send('POST', 'tasks', task('T-2', due))).status, 400);
    assert.equal(await statusOf('tasks/T-2'), 404);
    assert.equal((await send('PATCH', 'tasks/T-1', due)).status, 400);
    assert.equal((await send('PATCH', 'tasks/T-1', { due_at: null })).status, 200);
  });

  for (const field of ['title', 'summary', 'description']) {
    it(`a ${field} that is JSON is stored though refused, and breaks every list with it until it is repaired`, async () => {
      await seed(taskman(), [task('T-1'), task('T-2')]);
      assert.equal((await send('POST', 'tasks', task('T-3', { [field]: '[1]' }))).status, 400);
      assert.equal(taskman().active.row('tasks', 'T-3')?.[field], '[1]');
      assert.deepEqual([await statusOf('tasks/T-3'), await statusOf('tasks')], [400, 400]);
      assert.equal(await statusOf('tasks?per_page=1&page=2'), 200);
      assert.equal(await statusOf('tasks?per_page=1&page=3'), 400);
      assert.equal((await send('PATCH', 'tasks/T-3', { [field]: 'ok' })).status, 200);
      assert.equal(await statusOf('tasks'), 200);
    });
  }

  for (const field of ['assignees', 'related_projects', 'related_sprints']) {
    it(`null for ${field} is stored though refused`, async () => {
      await seed(taskman(), [task('T-1')]);
      assert.equal((await send('PATCH', 'tasks/T-1', { [field]: null })).status, 400);
      assert.equal(await statusOf('tasks'), 400);
      assert.equal((await send('DELETE', 'tasks/T-1')).status, 204);
      assert.equal(await statusOf('tasks'), 200);
    });
  }

  it('null is harmless for other lists, and refused without a trace for texts', async () => {
    await seed(taskman(), [task('T-1', { labels: ['a'] })]);
    for (const field of ['labels', 'parents', 'blockers', 'risks', 'acceptance_criteria']) {
      const { status, json } = await send('PATCH', 'tasks/T-1', { [field]: null });
      assert.deepEqual([status, json[field]], [200, []], field);
    }
    for (const field of [
      'title',
      'summary',
      'description',
      'owner',
      'status',
      'priority',
      'primary_project',
      'primary_sprint',
    ]) {
      assert.equal((await send('PATCH', 'tasks/T-1', { [field]: null })).status, 400, field);
    }
    assert.equal(await statusOf('tasks/T-1'), 200);
  });

  it('a project without a name and a sprint without a cadence break their lists', async () => {
    await seed(taskman());
    assert.equal((await send('PUT', 'projects/P-1', { name: null })).status, 400);
    assert.equal(await statusOf('projects'), 400);
    assert.equal((await send('PUT', 'sprints/S-1', { cadence: null })).status, 400);
    assert.equal(await statusOf('sprints'), 400);
  });

  it('committed points are kept on SQLite and refused on PostgreSQL', async () => {
    await seed(taskman());
    const { status, json } = await send('PUT', 'sprints/S-1', { committed_points: 10 });
    if (database === 'postgres') assert.equal(status, 400);
    else assert.deepEqual([status, json.committed_points], [200, 10]);
  });

  it('words of other programs are read where the back end knows them, and break lists where it does not', async () => {
    await seed(taskman());
    const row = { title: 't', summary: 's', owner: 'o', primary_project: 'P-1', primary_sprint: 'S-1' };
    taskman().active.plant('tasks', { id: 'T-old', ...row, status: 'DONE', priority: 'critical' });
    const { json } = await send('GET', 'tasks/T-old');
    assert.deepEqual([json.status, json.priority], ['done', 'p0']);
    assert.equal((await send('GET', 'tasks?status=done')).json.total, 0);
    assert.equal((await send('GET', 'tasks?priority=p0')).json.total, 0);
    taskman().active.plant('tasks', { id: 'T-bad', ...row, status: 'todo' });
    const broken = await send('GET', 'tasks');
    assert.equal(broken.status, 400);
    assert.match(String(broken.json.detail), /Value error, 'todo' is not a valid TaskStatus/);
    taskman().active.plant('projects', { id: 'P-bad', name: 'x', status: 'ACTIVE' });
    assert.equal(await statusOf('projects'), 400);
    taskman().active.plant('sprints', { id: 'S-bad', name: 'x', status: 'new', cadence: 'weekly' });
    assert.equal(await statusOf('sprints'), 400);
  });

  it('fields without a column are accepted and lost', async () => {
    await seed(taskman());
    const lost = {
      tasks: ['T-1'],
      metrics: { a: 1 },
      timezone: 'UTC',
      velocity_target_points: 3,
      definition_of_done: ['d'],
    };
    const sprint = await send('POST', 'sprints', { id: 'S-2', name: 's', primary_project: 'P-1', ...lost });
    const { tasks, metrics, timezone, velocity_target_points: velocity, definition_of_done: done } = sprint.json;
    assert.deepEqual([tasks, metrics, timezone, velocity, done], [[], {}, null, null, []]);
    const project = await send('POST', 'projects', { id: 'P-2', name: 'p', observability: { a: 1 }, description: 'd' });
    assert.deepEqual([project.status, project.json.observability], [201, {}]);
  });

  it('long ids are taken by SQLite and refused by PostgreSQL', async () => {
    await seed(taskman());
    const long = await send('POST', 'tasks', task(`T-${'x'.repeat(60)}`));
    assert.equal(long.status, database === 'postgres' ? 400 : 201);
    const shape = await send('POST', 'tasks', task('T-1', { shape: 'x'.repeat(21) }));
    assert.equal(shape.status, database === 'postgres' ? 400 : 201);
  });

  it('times have whole seconds and no zone on SQLite, microseconds and Z on PostgreSQL', async () => {
    await seed(taskman(), [task('T-1')]);
    const { json } = await send('GET', 'tasks/T-1');
    const shape = database === 'postgres' ? /T\d\d:\d\d:\d\d\.\d{6}Z$/ : /T\d\d:\d\d:\d\d$/;
    assert.match(String(json.created_at), shape);
    assert.match(String(json.updated_at), shape);
  });
});
