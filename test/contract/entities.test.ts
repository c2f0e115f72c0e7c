import assert from 'node:assert/strict';
import { projectBody, sprintBody, taskBody } from '../../src/api/entities.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { Api, type Body, useApi } from './api.ts';

describe('projects, sprints and tasks', () => {
  const server = useDtmServer();
  const api = useApi(server);
  let project: Body;
  let sprint: Body;

  before(async () => {
    project = await api().make('projects', { name: 'Apollo' });
    sprint = await api().make('sprints', { project_id: project.id, name: 'Sprint 1' });
  });

  const task = (fields: object = {}) => api().make('tasks', { project_id: project.id, title: 'Task', ...fields });

  it('creates each kind whole, with version 1, an address and an ETag', async () => {
    const made = [
      { path: 'projects', body: { name: 'Gemini' }, schema: projectBody },
      { path: 'sprints', body: { project_id: project.id, name: 'S' }, schema: sprintBody },
      { path: 'tasks', body: { project_id: project.id, title: 'T', labels: ['b', 'a', 'b'] }, schema: taskBody },
    ];
    for (const { path, body, schema } of made) {
      const answer = await api().post(`/api/v1/${path}`, body);
      assert.equal(answer.status, 201, answer.text);
      const entity = schema.parse(answer.body);
      assert.equal(entity.version, 1);
      assert.equal(entity.created_by, 'admin');
      assert.equal(entity.status, 'new');
      assert.equal(answer.headers.get('etag'), '"1"');
      assert.equal(answer.headers.get('location'), `/api/v1/${path}/${entity.id}`);
      const read = await api().get(`/api/v1/${path}/${entity.id}`);
      assert.deepEqual(read.body, answer.body);
    }
  });

  it('takes an id from the client once', async () => {
    assert.equal((await task({ id: 'T-MINE' })).id, 'T-MINE');
    const again = await api().post('/api/v1/tasks', { id: 'T-MINE', project_id: project.id, title: 'Other' });
    assert.equal(again.status, 409);
    assert.equal(again.body.type, '/problems/already-exists');
  });

  it('keeps lists as sorted sets, and times in UTC', async () => {
    const made = await task({ labels: ['b', 'a', 'b'], due_at: '2026-01-01T01:00:00+02:00' });
    assert.deepEqual(made.labels, ['a', 'b']);
    assert.equal(made.due_at, '2025-12-31T23:00:00.000Z');
  });

  const refused: readonly (readonly [string, string, object, string])[] = [
    ['a task without a title', 'tasks', {}, 'title'],
    ['a title of 0 characters', 'tasks', { title: '' }, 'title'],
    ['a title of blanks', 'tasks', { title: '  ' }, 'title'],
    ['a title of 501 characters', 'tasks', { title: 'x'.repeat(501) }, 'title'],
    ['an unknown status', 'tasks', { title: 'x', status: 'nearly' }, 'status'],
    ['an unknown priority', 'tasks', { title: 'x', priority: 'p9' }, 'priority'],
    ['a negative estimate', 'tasks', { title: 'x', estimate_points: -1 }, 'estimate_points'],
    ['a due date that is none', 'tasks', { title: 'x', due_at: 'tomorrow' }, 'due_at'],
    ['an unknown field', 'tasks', { title: 'x', color: 'red' }, 'color'],
    ['a field that only the server sets', 'tasks', { title: 'x', version: 7 }, 'version'],
    ['an id of another kind', 'tasks', { title: 'x', id: 'P-1' }, 'id'],
    ['an id with a slash', 'tasks', { title: 'x', id: 'T-a/b' }, 'id'],
    ['a project that does not exist', 'tasks', { title: 'x', project_id: 'P-NONE' }, 'project_id'],
    ['a sprint that does not exist', 'tasks', { title: 'x', sprint_id: 'S-NONE' }, 'sprint_id'],
    ['a parent that does not exist', 'tasks', { title: 'x', parent_id: 'T-NONE' }, 'parent_id'],
    ['a dependency that does not exist', 'tasks', { title: 'x', depends_on: ['T-NONE'] }, 'depends_on'],
    ['blocked without a reason', 'tasks', { title: 'x', status: 'blocked' }, 'blocked_reason'],
    ['more than 16 KiB of custom fields', 'tasks', { title: 'x', custom: { a: 'x'.repeat(17_000) } }, 'custom'],
    [
      'a sprint that ends before it starts',
      'sprints',
      { name: 'x', start_date: '2026-02-02', end_date: '2026-02-01' },
      'end_date',
    ],
    ['a sprint without a name', 'sprints', {}, 'name'],
    ['a sprint of an unknown cadence', 'sprints', { name: 'x', cadence: 'daily' }, 'cadence'],
    ['a day that does not exist', 'sprints', { name: 'x', start_date: '2026-02-30' }, 'start_date'],
  ];
  for (const [what, path, fields, at] of refused) {
    it(`refuses ${what}, naming ${at}`, async () => {
      const { status, body } = await api().post(`/api/v1/${path}`, { project_id: project.id, ...fields });
      assert.equal(status, 422, JSON.stringify(body));
      assert.ok(
        body.errors.some((error) => error.path === at),
        JSON.stringify(body.errors),
      );
      assert.ok(body.hint.length > 0);
    });
  }

  it('refuses an active project without an owner', async () => {
    const { status, body } = await api().post('/api/v1/projects', { name: 'x', status: 'active' });
    assert.equal(status, 422);
    assert.equal(body.errors[0]?.path, 'owner');
  });

  it('takes a title of 500 characters, beyond the basic plane, too', async () => {
    const title = '𝄞'.repeat(250);
    assert.equal((await task({ title })).title, title);
  });

  it('patches what is named and leaves the rest; PUT means the same', async () => {
    const { id } = await task({ description: 'as it was', labels: ['a'] });
    const patched = await api().patch(`/api/v1/tasks/${id}`, { title: 'New title' });
    assert.equal(patched.status, 200);
    assert.equal(patched.body.title, 'New title');
    assert.equal(patched.body.description, 'as it was');
    assert.equal(patched.body.version, 2);
    const put = await api().call('PUT', `/api/v1/tasks/${id}/`, { body: { labels: ['b'] } });
    assert.deepEqual(put.body.labels, ['b']);
    assert.equal(put.body.version, 3);
  });

  it('understands null as removal: no value, the default, or a custom field less', async () => {
    const { id } = await task({ owner: 'ada', description: 'text', custom: { a: 1, b: { c: 2, d: 3 } } });
    const patch = { owner: null, description: null, custom: { a: null, b: { d: null } } };
    const { body } = await api().patch(`/api/v1/tasks/${id}`, patch);
    assert.equal(body.owner, null);
    assert.equal(body.description, '');
    assert.deepEqual(body.custom, { b: { c: 2 } });
  });

  it('changes nothing, not even the version, if nothing is different', async () => {
    const { id } = await task();
    const { body } = await api().patch(`/api/v1/tasks/${id}`, { title: 'Task' });
    assert.equal(body.version, 1);
  });

  it('refuses an unknown field in a patch, naming it', async () => {
    const { id } = await task();
    const { status, body } = await api().patch(`/api/v1/tasks/${id}`, { colour: 'red' });
    assert.equal(status, 422);
    assert.equal(body.errors[0]?.path, 'colour');
  });

  it('answers 404 for what is not there', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/tasks/T-NONE'],
      ['PATCH', '/api/v1/tasks/T-NONE'],
      ['DELETE', '/api/v1/sprints/S-NONE'],
      ['POST', '/api/v1/projects/P-NONE/restore'],
    ] as const) {
      const { status, body } = await api().call(method, path, method === 'PATCH' ? { body: { title: 'x' } } : {});
      assert.equal(status, 404, `${method} ${path}`);
      assert.equal(body.type, '/problems/not-found');
    }
  });

  describe('lifecycle', () => {
    it('goes one allowed step, and says what is allowed otherwise', async () => {
      const { id } = await task();
      const { status, body } = await api().patch(`/api/v1/tasks/${id}`, { status: 'done' });
      assert.equal(status, 409);
      assert.equal(body.type, '/problems/illegal-transition');
      assert.equal(body.from, 'new');
      assert.equal(body.to, 'done');
      assert.deepEqual(body.allowed, ['ready', 'dropped']);
    });

    it('sets started_at and completed_at, and clears completed_at on reopening', async () => {
      const { id } = await task();
      const step = (status: string) => api().must('PATCH', `/api/v1/tasks/${id}`, { status });
      await step('ready');
      const started = await step('in_progress');
      assert.ok(started.started_at);
      const done = await step('done');
      assert.ok(done.completed_at);
      // When it was asked for; it is written when its turn comes.
      const order = [started.updated_at, done.completed_at, done.updated_at].map(String);
      assert.deepEqual([...order].sort(), order);
      const reopened = await step('ready');
      assert.equal(reopened.completed_at, null);
      assert.equal(reopened.started_at, started.started_at);
    });

    it('takes a merge patch under its own media type', async () => {
      const { id } = await task();
      const headers = { 'content-type': 'application/merge-patch+json' };
      const { status, body } = await api().patch(`/api/v1/tasks/${id}`, { title: 'Patched' }, headers);
      assert.deepEqual([status, body.title], [200, 'Patched']);
    });

    it('takes the reason together with the status', async () => {
      const { id } = await task({ status: 'ready' });
      const without = await api().patch(`/api/v1/tasks/${id}`, { status: 'blocked' });
      assert.equal(without.status, 422);
      const { body } = await api().patch(`/api/v1/tasks/${id}`, { status: 'blocked', blocked_reason: 'No parts' });
      assert.equal(body.status, 'blocked');
    });

    it('refuses a status that is no word of ours with 422', async () => {
      const { id } = await task();
      const { status, body } = await api().patch(`/api/v1/tasks/${id}`, { status: 'nearly' });
      assert.equal(status, 422);
      assert.equal(body.errors[0]?.path, 'status');
    });
  });

  describe('relations', () => {
    it('refuses a sprint of another project', async () => {
      const other = await api().make('projects', { name: 'Other' });
      const { status, body } = await api().post('/api/v1/tasks', {
        project_id: other.id,
        sprint_id: sprint.id,
        title: 'x',
      });
      assert.equal(status, 422);
      assert.equal(body.type, '/problems/sprint-project-mismatch');
    });

    it('refuses cycles of parents and of dependencies', async () => {
      const a = await task();
      const b = await task({ parent_id: a.id, depends_on: [a.id] });
      for (const patch of [{ parent_id: b.id }, { depends_on: [b.id] }, { parent_id: a.id }, { depends_on: [a.id] }]) {
        const { status, body } = await api().patch(`/api/v1/tasks/${a.id}`, patch);
        assert.equal(status, 409, JSON.stringify(patch));
        assert.equal(body.type, '/problems/dependency-cycle');
      }
    });

    it('keeps a sprint in its project while it has tasks of it', async () => {
      const other = await api().make('projects', { name: 'Elsewhere' });
      const moving = await api().make('sprints', { project_id: project.id, name: 'Moving' });
      const held = await task({ sprint_id: moving.id });
      const refusal = await api().patch(`/api/v1/sprints/${moving.id}`, { project_id: other.id });
      assert.equal(refusal.status, 409);
      assert.equal(refusal.body.type, '/problems/has-dependents');
      await api().must('PATCH', `/api/v1/tasks/${held.id}`, { sprint_id: null });
      const moved = await api().patch(`/api/v1/sprints/${moving.id}`, { project_id: other.id });
      assert.equal(moved.body.project_id, other.id);
    });
  });

  describe('deleting and restoring', () => {
    it('deletes, answers 404, and restores with a version that goes on', async () => {
      const made = await task({ labels: ['keep'], title: 'Comes back' });
      assert.equal((await api().delete(`/api/v1/tasks/${made.id}`)).status, 204);
      const gone = await api().get(`/api/v1/tasks/${made.id}`);
      assert.equal(gone.status, 404);
      const repeated = await api().post('/api/v1/tasks', { id: made.id, project_id: project.id, title: 'x' });
      assert.equal(repeated.status, 409);
      const restored = await api().must('POST', `/api/v1/tasks/${made.id}/restore`);
      assert.equal(restored.version, 3);
      assert.equal(restored.title, 'Comes back');
      assert.deepEqual(restored.labels, ['keep']);
      const found = await api().must('GET', `/api/v1/tasks?q=comes&label=keep`);
      assert.equal(found.total, 1);
    });

    it('deletes a project with something in it only with cascade', async () => {
      const full = await api().make('projects', { name: 'Full' });
      const within = await api().make('sprints', { project_id: full.id, name: 'In it' });
      const inner = await api().make('tasks', { project_id: full.id, sprint_id: within.id, title: 'In it' });
      const refusal = await api().delete(`/api/v1/projects/${full.id}`);
      assert.equal(refusal.status, 409);
      assert.equal(refusal.body.type, '/problems/has-dependents');
      assert.equal(refusal.body.sprints, 1);
      assert.equal(refusal.body.tasks, 1);
      assert.equal((await api().get(`/api/v1/tasks/${inner.id}`)).status, 200);
      assert.equal((await api().delete(`/api/v1/projects/${full.id}?cascade=true`)).status, 204);
      for (const path of [`tasks/${inner.id}`, `sprints/${within.id}`, `projects/${full.id}`]) {
        assert.equal((await api().get(`/api/v1/${path}`)).status, 404, path);
      }
    });

    it('lets the tasks of a deleted sprint go', async () => {
      const ending = await api().make('sprints', { project_id: project.id, name: 'Ending' });
      const held = await task({ sprint_id: ending.id });
      assert.equal((await api().delete(`/api/v1/sprints/${ending.id}`)).status, 204);
      const freed = await api().must('GET', `/api/v1/tasks/${held.id}`);
      assert.equal(freed.sprint_id, null);
      assert.equal(freed.version, 2);
    });

    it('does not restore into a project that is gone', async () => {
      const short = await api().make('projects', { name: 'Short' });
      const lost = await api().make('tasks', { project_id: short.id, title: 'Lost' });
      await api().must('DELETE', `/api/v1/projects/${short.id}?cascade=true`);
      const { status, body } = await api().call('POST', `/api/v1/tasks/${lost.id}/restore`);
      assert.equal(status, 422);
      assert.equal(body.errors[0]?.path, 'project_id');
    });
  });

  describe('versions', () => {
    it('answers 304 to who has the current version', async () => {
      const { id } = await task();
      const path = `/api/v1/tasks/${id}`;
      const same = await api().get(path, { 'if-none-match': '"1"' });
      assert.equal(same.status, 304);
      assert.equal(same.text, '');
      assert.equal((await api().get(path, { 'if-none-match': 'W/"1", "7"' })).status, 304);
      assert.equal((await api().get(path, { 'if-none-match': '"2"' })).status, 200);
    });

    it('refuses a write to another version with 412 and the current entity', async () => {
      const { id } = await task();
      const path = `/api/v1/tasks/${id}`;
      await api().must('PATCH', path, { title: 'Second' });
      const stale = await api().patch(path, { title: 'Third' }, { 'if-match': '"1"' });
      assert.equal(stale.status, 412);
      assert.equal(stale.body.type, '/problems/version-mismatch');
      assert.equal(stale.body.current?.title, 'Second');
      assert.equal((await api().delete(path, { 'if-match': '"1"' })).status, 412);
      const fresh = await api().patch(path, { title: 'Third' }, { 'if-match': '"2"' });
      assert.equal(fresh.headers.get('etag'), '"3"');
    });

    it('lets exactly one of many simultaneous writers of one version through', async () => {
      const { id } = await task();
      const attempts = Array.from({ length: 20 }, (_, index) =>
        api().patch(`/api/v1/tasks/${id}`, { title: `Writer ${index}` }, { 'if-match': '"1"' }),
      );
      const statuses = (await Promise.all(attempts)).map((answer) => answer.status).sort();
      assert.deepEqual(statuses, [200, ...Array.from({ length: 19 }, () => 412)]);
      assert.equal((await api().must('GET', `/api/v1/tasks/${id}`)).version, 2);
    });
  });

  it('answers nobody without a token', async () => {
    const anonymous = new Api(server().origin);
    for (const path of ['projects', 'sprints', 'tasks', 'changes']) {
      assert.equal((await anonymous.get(`/api/v1/${path}`)).status, 401, path);
    }
    assert.equal((await anonymous.post('/api/v1/batch', { operations: [] })).status, 401);
  });
});
