import assert from 'node:assert/strict';
import { completeSprintAnswer, sprintTasksAnswer } from '../../src/api/actions.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';

describe('steps of the lifecycle', () => {
  const server = useDtmServer();
  const api = useApi(server);
  let project: Body;

  before(async () => {
    project = await api().make('projects', { name: 'Apollo' });
  });

  const task = (fields: object = {}) => api().make('tasks', { project_id: project.id, title: 'Task', ...fields });
  const sprint = (fields: object = {}) => api().make('sprints', { project_id: project.id, name: 'Sprint', ...fields });
  const changesOf = async (id: string) => {
    const { changes } = await api().must('GET', '/api/v1/changes?since=1&limit=1000');
    return changes.filter((change) => change.id === id);
  };

  describe('transition', () => {
    it('goes one step, for each kind', async () => {
      const made = [
        ['projects', project.id, { status: 'pending', reason: 'budget' }],
        ['sprints', (await sprint()).id, { status: 'active' }],
        ['tasks', (await task()).id, { status: 'ready' }],
      ] as const;
      for (const [collection, id, body] of made) {
        const answer = await api().post(`/api/v1/${collection}/${id}/transition`, body);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.body.status, body.status);
        assert.equal(answer.headers.get('etag'), '"2"');
      }
      assert.equal((await api().must('GET', `/api/v1/projects/${project.id}`)).pending_reason, 'budget');
    });

    it('takes the reason that a status needs', async () => {
      const { id } = await task({ status: 'ready' });
      const without = await api().post(`/api/v1/tasks/${id}/transition`, { status: 'blocked' });
      assert.equal(without.status, 422);
      assert.equal(without.body.errors[0]?.path, 'blocked_reason');
      const blocked = await api().post(`/api/v1/tasks/${id}/transition`, { status: 'blocked', reason: 'rain' });
      assert.equal(blocked.body.blocked_reason, 'rain');
    });

    it('refuses a step that is not allowed, and says which are', async () => {
      const { id } = await task();
      const { status, body } = await api().post(`/api/v1/tasks/${id}/transition`, { status: 'done' });
      assert.equal(status, 409);
      assert.equal(body.type, '/problems/illegal-transition');
      assert.deepEqual([body.from, body.to, body.allowed], ['new', 'done', ['ready', 'dropped']]);
    });

    it('refuses what it does not understand', async () => {
      const { id } = await task();
      const path = `/api/v1/tasks/${id}/transition`;
      for (const body of [{}, { status: 'nearly' }, { status: 'ready', reason: 7 }, { status: 'ready', why: '' }, []]) {
        assert.equal((await api().post(path, body)).status, 422, JSON.stringify(body));
      }
      assert.equal((await api().post('/api/v1/tasks/T-NONE/transition', { status: 'ready' })).status, 404);
      assert.equal((await api().post(path, { status: 'ready' }, { 'if-match': '"7"' })).status, 412);
    });
  });

  describe('complete and reopen', () => {
    it('walk the shortest allowed way, and record every step', async () => {
      const { id } = await task();
      const done = await api().must('POST', `/api/v1/tasks/${id}/complete`);
      assert.equal(done.status, 'done');
      assert.equal(done.version, 4);
      assert.ok(done.started_at && done.completed_at);
      const statuses = (await changesOf(id)).map((change) => change.data?.status);
      assert.deepEqual(statuses, ['new', 'ready', 'in_progress', 'done']);
      const again = await api().must('POST', `/api/v1/tasks/${id}/complete`, {});
      assert.equal(again.version, 4, 'what is done already stays as it is');
      const reopened = await api().must('POST', `/api/v1/tasks/${id}/reopen`, { reason: 'broken' });
      assert.deepEqual([reopened.status, reopened.completed_at], ['ready', null]);
    });

    it('refuse a dropped task to complete, and an open one to reopen', async () => {
      const dropped = await task({ status: 'dropped' });
      assert.equal((await api().post(`/api/v1/tasks/${dropped.id}/complete`, {})).status, 409);
      const open = await task();
      const { status, body } = await api().post(`/api/v1/tasks/${open.id}/reopen`, {});
      assert.equal(status, 409);
      assert.equal(body.type, '/problems/illegal-transition');
      assert.equal((await api().post('/api/v1/tasks/T-NONE/reopen', {})).status, 404);
    });
  });

  describe('sprints', () => {
    it('start, are cancelled, and refuse what is not allowed', async () => {
      const { id } = await sprint();
      assert.equal((await api().must('POST', `/api/v1/sprints/${id}/start`)).status, 'active');
      assert.equal((await api().must('POST', `/api/v1/sprints/${id}/start`)).version, 2);
      assert.equal((await api().must('POST', `/api/v1/sprints/${id}/cancel`, { reason: 'no' })).status, 'cancelled');
      assert.equal((await api().post(`/api/v1/sprints/${id}/start`, {})).status, 409);
      assert.equal((await api().post(`/api/v1/sprints/${id}/complete`, {})).status, 409);
    });

    it('carry unfinished tasks over when they are completed, in one transaction', async () => {
      const [from, to] = [await sprint(), await sprint({ name: 'Next' })];
      const open = await task({ sprint_id: from.id });
      const done = await task({ sprint_id: from.id, status: 'done' });
      const { headers, body } = await api().post(`/api/v1/sprints/${from.id}/complete`, { carry_over_to: to.id });
      const answer = completeSprintAnswer.parse(body);
      assert.deepEqual([answer.status, answer.carried_over], ['completed', [open.id]]);
      assert.equal(headers.get('etag'), `"${answer.version}"`);
      assert.equal((await api().must('GET', `/api/v1/tasks/${open.id}`)).sprint_id, to.id);
      assert.equal((await api().must('GET', `/api/v1/tasks/${done.id}`)).sprint_id, from.id);
    });

    it('leave unfinished tasks where they are, or in the backlog', async () => {
      const [staying, emptied] = [await sprint(), await sprint()];
      const [a, b] = [await task({ sprint_id: staying.id }), await task({ sprint_id: emptied.id })];
      await api().must('POST', `/api/v1/sprints/${staying.id}/complete`);
      await api().must('POST', `/api/v1/sprints/${emptied.id}/complete`, { carry_over_to: null });
      assert.equal((await api().must('GET', `/api/v1/tasks/${a.id}`)).sprint_id, staying.id);
      assert.equal((await api().must('GET', `/api/v1/tasks/${b.id}`)).sprint_id, null);
    });

    it('carry nothing into a sprint that cannot take it, and then stay open', async () => {
      const other = await api().make('projects', { name: 'Elsewhere' });
      const foreign = await api().make('sprints', { project_id: other.id, name: 'Foreign' });
      const closed = await sprint({ status: 'completed' });
      const from = await sprint();
      await task({ sprint_id: from.id });
      for (const target of [foreign.id, closed.id, from.id, 'S-NONE', 'T-1', 7]) {
        const { status } = await api().post(`/api/v1/sprints/${from.id}/complete`, { carry_over_to: target });
        assert.equal(status, 422, String(target));
      }
      assert.equal((await api().must('GET', `/api/v1/sprints/${from.id}`)).version, 1);
    });

    it('take tasks in and let them go', async () => {
      const { id } = await sprint();
      const [a, b, c] = [await task(), await task({ sprint_id: id }), await task({ sprint_id: id, priority: 'p0' })];
      const path = `/api/v1/sprints/${id}/tasks`;
      const moved = sprintTasksAnswer.parse(await api().must('POST', path, { add: [a.id, c.id], remove: [b.id] }));
      assert.deepEqual(moved, { added: [a.id], removed: [b.id] });
      const listed = await api().must('GET', `${path}?sort=priority`);
      assert.deepEqual(
        listed.items.map((item) => item.id),
        [c.id, a.id],
      );
      assert.equal((await api().must('GET', `${path}?priority=p0`)).total, 1);
      assert.equal((await api().get(`${path}?sprint_id=${id}`)).status, 422);
      assert.deepEqual(await api().must('POST', path, { remove: [b.id] }), { added: [], removed: [] });
    });

    it('change nothing if one of the tasks is wrong', async () => {
      const { id } = await sprint();
      const path = `/api/v1/sprints/${id}/tasks`;
      const other = await api().make('projects', { name: 'Elsewhere' });
      const foreign = await api().make('tasks', { project_id: other.id, title: 'Foreign' });
      const own = await task();
      const unknown = await api().post(path, { add: [own.id, 'T-NONE'] });
      assert.equal(unknown.status, 422);
      assert.equal(unknown.body.errors[0]?.path, 'add.1');
      const mismatch = await api().post(path, { add: [own.id, foreign.id] });
      assert.equal(mismatch.body.type, '/problems/sprint-project-mismatch');
      assert.equal((await api().post(path, { add: [own.id], remove: [own.id] })).status, 422);
      assert.equal((await api().must('GET', path)).total, 0);
      assert.equal((await api().get('/api/v1/sprints/S-NONE/tasks')).status, 404);
      assert.equal((await api().post('/api/v1/sprints/S-NONE/tasks', { add: [] })).status, 404);
    });
  });
});
