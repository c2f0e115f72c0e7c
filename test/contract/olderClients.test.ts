import assert from 'node:assert/strict';
import { useDtmServer } from '../support/dtmServer.ts';
import { Api, type Body, useApi } from './api.ts';

describe('older clients', () => {
  const server = useDtmServer();
  const api = useApi(server);
  let project: Body;

  before(async () => {
    project = await api().make('projects', { name: 'Apollo' });
  });

  it('may use their words, and are answered in ours', async () => {
    const sprint = await api().make('sprints', { primary_project: project.id, name: 'One' });
    const parents = { primary_project: project.id, primary_sprint: sprint.id };
    const made = await api().make('tasks', { ...parents, title: 'Old', status: 'todo', priority: 'critical' });
    assert.deepEqual(
      [made.project_id, made.sprint_id, made.status, made.priority],
      [project.id, sprint.id, 'new', 'p0'],
    );
    assert.equal(made.primary_project, undefined);
    const path = `/api/v1/tasks/${made.id}`;
    const put = await api().call('PUT', `${path}/`, { body: { priority: 'low', primary_sprint: null } });
    assert.deepEqual([put.status, put.body.priority, put.body.sprint_id], [200, 'p3', null]);
    assert.equal((await api().must('POST', `${path}/transition`, { status: 'cancelled' })).status, 'dropped');
  });

  it('may filter by their words', async () => {
    const { id } = await api().make('tasks', { project_id: project.id, title: 'Found', priority: 'urgent' });
    const { items } = await api().must(
      'GET',
      `/api/v1/tasks/?status=todo&priority=critical&primary_project=${project.id}`,
    );
    assert.deepEqual(
      items.map((item) => item.id),
      [id],
    );
  });

  it('are refused a word that nobody ever used', async () => {
    for (const body of [{ status: 'nearly' }, { priority: 'enormous' }, { primary_task: 'T-1' }]) {
      const answer = await api().post('/api/v1/tasks', { project_id: project.id, title: 'x', ...body });
      assert.equal(answer.status, 422, JSON.stringify(body));
    }
    const pending = await api().make('sprints', {
      project_id: project.id,
      name: 'S',
      status: 'pending',
      pending_reason: 'x',
    });
    assert.equal(pending.status, 'pending', 'pending is a word of ours for sprints');
  });

  it('find every route with a slash at its end, without a redirect', async () => {
    const { id } = await api().make('tasks', { project_id: project.id, title: 'x' });
    const paths = ['tasks/', `tasks/${id}/`, 'projects/', `projects/${project.id}/summary/`, 'changes/', 'audit/'];
    for (const path of paths) assert.equal((await api().get(`/api/v1/${path}`)).status, 200, path);
    assert.equal((await api().post(`/api/v1/tasks/${id}/complete/`, {})).status, 200);
  });

  it('sign in below /api/v1, and ask for health where it was', async () => {
    const anonymous = new Api(server().origin);
    const { username, password } = server();
    const { body } = await anonymous.post('/api/v1/auth/login/', { username, password });
    const me = await new Api(server().origin, body.access_token).get('/api/v1/auth/me');
    assert.equal(me.body.username, username);
    for (const path of ['/api/health', '/api/v1/health']) assert.equal((await anonymous.get(path)).status, 200);
  });
});
