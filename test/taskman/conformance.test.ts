import assert from 'node:assert/strict';
import { api, type Body, call, idsOf, type Reply, seed, task } from './client.ts';
import { onBothDatabases } from './databases.ts';

onBothDatabases('Conformance: tasks, projects, sprints', (taskman) => {
  const post = (path: string, body?: Body) => call(taskman(), 'POST', `${api}/${path}`, body);
  const get = (path: string) => call(taskman(), 'GET', `${api}/${path}`);
  const patch = (id: string, body: Body) => call(taskman(), 'PATCH', `${api}/tasks/${id}`, body);

  it('1: a task is created with status new and priority p2', async () => {
    await seed(taskman());
    const { status, json } = await post('tasks', task('T-1', { description: 'd' }));
    assert.deepEqual([status, json.status, json.priority], [201, 'new', 'p2']);
  });

  it('2: without a description it gets an empty one', async () => {
    await seed(taskman());
    const { status, json } = await post('tasks', task('T-1'));
    assert.deepEqual([status, json.description], [201, '']);
  });

  it('3: without a sprint it is a 400', async () => {
    await seed(taskman());
    const { primary_sprint: _sprint, ...body } = task('T-1');
    assertDetail(await post('tasks', body), 400, 'Sprint not found: None');
  });

  it('4: an unknown project is 400 on create and 404 on update', async () => {
    await seed(taskman(), [task('T-1')]);
    assertDetail(await post('tasks', task('T-2', { primary_project: 'P-x' })), 400, 'Project not found: P-x');
    assertDetail(await patch('T-1', { primary_project: 'P-x' }), 404, 'Project not found: P-x');
    assertDetail(await patch('T-1', { primary_sprint: 'S-x' }), 404, 'Sprint not found: S-x');
  });

  it('5: wrong words and ids are 422 with a list', async () => {
    await seed(taskman());
    for (const wrong of [{ priority: 'P2' }, { priority: 'high' }, { status: 'NEW' }, { id: '1' }]) {
      const { status, json } = await post('tasks', task('T-1', wrong));
      assert.equal(status, 422);
      assert.deepEqual((json.detail as Body[])[0]?.loc, ['body', Object.keys(wrong)[0]]);
    }
    assert.equal((await post('tasks', task('T-1', { priority: 'p2' }))).status, 201);
  });

  it('6: a second row of an id is 409 for tasks and projects, 400 for sprints', async () => {
    await seed(taskman(), [task('T-1')]);
    const text = (name: string) => `A ${name} with this identifier already exists`;
    assertDetail(await post('tasks', task('T-1')), 409, text('Task'));
    assertDetail(await post('projects', { id: 'P-1', name: 'x' }), 409, text('Project'));
    assertDetail(await post('sprints', { id: 'S-1', name: 'x', primary_project: 'P-1' }), 400, text('Sprint'));
  });

  it('7: PATCH and PUT change only what is sent, unknown fields and ids are ignored', async () => {
    await seed(taskman(), [task('T-1', { labels: ['a'] })]);
    const before = (await get('tasks/T-1')).json;
    const patched = await patch('T-1', { id: 'T-x', title: 'new', bogus: 1 });
    assert.deepEqual(without(patched.json, 'updated_at'), without({ ...before, title: 'new' }, 'updated_at'));
    const put = await call(taskman(), 'PUT', `${api}/tasks/T-1`, { summary: 'sum' });
    assert.deepEqual([put.json.title, put.json.summary, put.json.labels], ['new', 'sum', ['a']]);
  });

  it('8: a patch may set any status after any other', async () => {
    await seed(taskman(), [task('T-1')]);
    for (const status of ['in_progress', 'done', 'new']) {
      const reply = await patch('T-1', { status });
      assert.deepEqual([reply.status, reply.json.status], [200, status]);
    }
  });

  it('9: only a task in progress or in review can be completed', async () => {
    await seed(taskman(), [task('T-1')]);
    const complete = () => post('tasks/T-1/complete');
    for (const status of ['new', 'ready', 'active', 'blocked', 'done', 'dropped']) {
      await patch('T-1', { status });
      assertDetail(await complete(), 422, `Invalid status transition: ${status} -> done`);
    }
    for (const status of ['in_progress', 'review']) {
      await patch('T-1', { status });
      const reply = await complete();
      assert.deepEqual([reply.status, reply.json.status], [200, 'done']);
    }
    assertDetail(await post('tasks/T-x/complete'), 404, 'Task not found: T-x');
  });

  it('10: lists filter, and total counts all that match', async () => {
    const done = ['a', 'b', 'c'].map((id) => task(`T-${id}`, { status: 'done', owner: 'ann', priority: 'p1' }));
    await seed(taskman(), [task('T-1'), ...done]);
    for (const query of ['status=done', 'priority=p1', 'owner=ann', 'status=done&priority=p1&owner=ann']) {
      const { json } = await get(`tasks?per_page=2&${query}`);
      assert.deepEqual([(json.tasks as []).length, json.total, json.has_more], [2, 3, true], query);
    }
    assert.equal((await get('tasks?sprint_id=S-1&project_id=P-1')).json.total, 4);
    assert.equal((await get('tasks?assignee=ann')).json.total, 0);
  });

  it('11: wrong filter words are ignored, wrong pages are refused, pages beyond the end are empty', async () => {
    await seed(taskman(), [task('T-1')]);
    for (const query of ['status=bogus', 'status=DONE', 'priority=high', 'limit=0', 'status=']) {
      const reply = await get(`tasks?${query}`);
      assert.deepEqual([reply.status, reply.json.total], [200, 1], query);
    }
    for (const query of ['per_page=101', 'per_page=0', 'page=0', 'page=x']) {
      assert.equal((await get(`tasks?${query}`)).status, 422, query);
    }
    const { json } = await get('tasks?page=99');
    assert.deepEqual(json, { tasks: [], total: 1, page: 99, per_page: 20, has_more: false });
  });

  it('12: a deleted task is gone', async () => {
    await seed(taskman(), [task('T-1')]);
    const remove = () => call(taskman(), 'DELETE', `${api}/tasks/T-1`);
    const { status, text } = await remove();
    assert.deepEqual([status, text], [204, '']);
    assertDetail(await get('tasks/T-1'), 404, 'Task not found: T-1');
    assertDetail(await remove(), 404, 'Task not found: T-1');
  });

  it('13: a task moves to another sprint', async () => {
    await seed(taskman(), [task('T-1')]);
    await post('sprints', { id: 'S-2', name: 'two', primary_project: 'P-1' });
    await patch('T-1', { primary_sprint: 'S-2' });
    assert.equal((await get('tasks/T-1')).json.primary_sprint, 'S-2');
  });

  it('14: projects and sprints have no PATCH, their PUT is partial', async () => {
    await seed(taskman());
    for (const [path, body] of [
      ['projects/P-1', { owner: 'ann' }],
      ['sprints/S-1', { goal: 'g' }],
    ] as const) {
      assertDetail(await call(taskman(), 'PATCH', `${api}/${path}`, body), 405, 'Method Not Allowed');
      const before = (await get(path)).json;
      assert.deepEqual((await call(taskman(), 'PUT', `${api}/${path}`, body)).json, { ...before, ...body });
    }
  });

  it('15: a sprint of an unknown project is 404', async () => {
    assertDetail(await post('sprints', { id: 'S-1', name: 's', primary_project: 'P-x' }), 404, 'Project P-x not found');
  });

  it('16: a deleted project leaves its children behind', async () => {
    await seed(taskman(), [task('T-1')]);
    assert.equal((await call(taskman(), 'DELETE', `${api}/projects/P-1`)).status, 204);
    assert.equal((await get('tasks/T-1')).json.primary_project, 'P-1');
    assert.equal((await get('sprints/S-1')).json.primary_project, 'P-1');
  });

  it('17: progress counts points, dropped tasks included', async () => {
    const points = { 'T-1': [3, 'done'], 'T-2': [5, 'new'], 'T-3': [2, 'dropped'] } as const;
    const rows = Object.entries(points).map(([id, [estimate_points, status]]) => task(id, { estimate_points, status }));
    await seed(taskman(), rows);
    await call(taskman(), 'PUT', `${api}/sprints/S-1`, { end_date: '2020-01-01' });
    assert.deepEqual((await get('sprints/S-1/progress')).json, {
      sprint_id: 'S-1',
      name: 's',
      status: 'new',
      task_count: 3,
      completed_count: 1,
      completion_percentage: 30,
      total_points: 10,
      completed_points: 3,
      days_remaining: 0,
    });
  });

  it('18: a sprint starts and completes from any status, again and again', async () => {
    await seed(taskman());
    for (const [action, status] of [
      ['start', 'active'],
      ['start', 'active'],
      ['complete', 'completed'],
      ['start', 'active'],
    ]) {
      const reply = await post(`sprints/S-1/${action}`);
      assert.deepEqual([reply.status, reply.json.status], [200, status]);
    }
  });
});

function assertDetail({ status, json }: Reply, wanted: number, detail: string): void {
  assert.deepEqual([status, json], [wanted, { detail }]);
}

function without(body: Body, key: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
}

onBothDatabases('Conformance: the order of rows', (taskman, database) => {
  it('an updated row goes to the end on PostgreSQL and stays where it is on SQLite', async () => {
    await seed(
      taskman(),
      ['a', 'b', 'c'].map((id) => task(`T-${id}`)),
    );
    await call(taskman(), 'PATCH', `${api}/tasks/T-a`, { title: 'x' });
    const list = await call(taskman(), 'GET', `${api}/tasks`);
    assert.deepEqual(idsOf(list, 'tasks'), database === 'postgres' ? ['T-b', 'T-c', 'T-a'] : ['T-a', 'T-b', 'T-c']);
  });

  it('a change that changes nothing moves neither the row nor its time', async () => {
    await seed(
      taskman(),
      ['a', 'b'].map((id) => task(`T-${id}`, { labels: ['l'], estimate_points: 3 })),
    );
    const before = (await call(taskman(), 'GET', `${api}/tasks/T-a`)).json.updated_at;
    const reply = await call(taskman(), 'PATCH', `${api}/tasks/T-a`, {
      title: 't',
      labels: ['l'],
      estimate_points: 3.0,
    });
    assert.equal(reply.json.updated_at, before);
    assert.deepEqual(idsOf(await call(taskman(), 'GET', `${api}/tasks`), 'tasks'), ['T-a', 'T-b']);
  });
});
