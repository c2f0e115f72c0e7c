import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { type DtmServer, startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { administer } from '../support/testDatabase.ts';
import { testStore } from '../support/testStore.ts';
import { type Answer, signIn, useApi } from './api.ts';

function assertProblem({ status, body, text }: Answer, expected: number, slug: string): void {
  assert.equal(status, expected, text);
  assert.equal(body.type, `/problems/${slug}`);
}

describe('what only some routes refuse', () => {
  const api = useApi(useDtmServer());
  const task = (fields: object = {}) => api().make('tasks', { project_id: 'P-1', title: 'Task', ...fields });

  before(async () => {
    await api().make('projects', { id: 'P-1', name: 'One' });
    await api().make('projects', { id: 'P-2', name: 'Two' });
  });

  it('an id that is taken', async () => {
    const bodies = {
      projects: { id: 'P-TAKEN', name: 'x' },
      sprints: { id: 'S-TAKEN', project_id: 'P-1', name: 'x' },
      tasks: { id: 'T-TAKEN', project_id: 'P-1', title: 'x' },
    };
    for (const [collection, body] of Object.entries(bodies)) {
      await api().make(collection, body);
      assertProblem(await api().post(`/api/v1/${collection}`, body), 409, 'already-exists');
    }
  });

  it('a sign-in with the wrong password, and a sign-out of nobody', async () => {
    const nobody = { headers: { authorization: '' } };
    const wrong = { username: 'admin', password: 'not the password' };
    for (const prefix of ['/auth', '/api/v1/auth']) {
      assertProblem(await api().call('POST', `${prefix}/login`, { body: wrong, ...nobody }), 401, 'unauthenticated');
      assertProblem(await api().call('POST', `${prefix}/logout`, nobody), 401, 'unauthenticated');
    }
  });

  it('a task that would depend on itself', async () => {
    const own = { id: 'T-OWN', project_id: 'P-1', title: 'x', depends_on: ['T-OWN'] };
    assertProblem(await api().post('/api/v1/tasks', own), 409, 'dependency-cycle');
    const { id } = await task();
    for (const method of ['PATCH', 'PUT']) {
      const answer = await api().call(method, `/api/v1/tasks/${id}`, { body: { parent_id: id } });
      assertProblem(answer, 409, 'dependency-cycle');
    }
  });

  it('a deleted task that would now close a ring', async () => {
    const b = await task();
    const a = await task({ depends_on: [b.id] });
    const c = await task({ depends_on: [a.id] });
    await api().must('DELETE', `/api/v1/tasks/${a.id}`);
    await api().must('PATCH', `/api/v1/tasks/${b.id}`, { depends_on: [c.id] });
    assertProblem(await api().call('POST', `/api/v1/tasks/${a.id}/restore`), 409, 'dependency-cycle');
  });

  it('a sprint of another project', async () => {
    const sprint = await api().make('sprints', { project_id: 'P-1', name: 'Moves' });
    const deleted = await task({ sprint_id: sprint.id });
    await api().must('DELETE', `/api/v1/tasks/${deleted.id}`);
    await api().must('PATCH', `/api/v1/sprints/${sprint.id}`, { project_id: 'P-2' });
    const mismatch = 'sprint-project-mismatch';
    assertProblem(await api().call('POST', `/api/v1/tasks/${deleted.id}/restore`), 422, mismatch);
    const foreign = { project_id: 'P-1', title: 'x', sprint_id: sprint.id };
    assertProblem(await api().post('/api/v1/tasks', foreign), 422, mismatch);
    const { id } = await task();
    for (const method of ['PATCH', 'PUT']) {
      assertProblem(await api().call(method, `/api/v1/tasks/${id}`, { body: { sprint_id: sprint.id } }), 422, mismatch);
    }
  });

  it('a sprint that moves to another project with its tasks', async () => {
    const sprint = await api().make('sprints', { project_id: 'P-1', name: 'Full' });
    await task({ sprint_id: sprint.id });
    for (const method of ['PATCH', 'PUT']) {
      const answer = await api().call(method, `/api/v1/sprints/${sprint.id}`, { body: { project_id: 'P-2' } });
      assertProblem(answer, 409, 'has-dependents');
    }
  });

  it('a status that cannot follow', async () => {
    const ids = {
      projects: (await api().make('projects', { name: 'Over', status: 'cancelled' })).id,
      sprints: (await api().make('sprints', { project_id: 'P-1', name: 'Over', status: 'cancelled' })).id,
      tasks: (await task({ status: 'dropped' })).id,
    };
    for (const [collection, id] of Object.entries(ids)) {
      const path = `/api/v1/${collection}/${id}`;
      const body = { status: 'active' };
      for (const method of ['PATCH', 'PUT']) {
        assertProblem(await api().call(method, path, { body }), 409, 'illegal-transition');
      }
      assertProblem(await api().post(`${path}/transition`, body), 409, 'illegal-transition');
    }
    const steps = [`sprints/${ids.sprints}/start`, `sprints/${ids.sprints}/complete`, `tasks/${ids.tasks}/complete`];
    const cancelling = await api().make('sprints', { project_id: 'P-1', name: 'Done', status: 'closed' });
    for (const step of [...steps, `sprints/${cancelling.id}/cancel`, `tasks/${(await task()).id}/reopen`]) {
      assertProblem(await api().post(`/api/v1/${step}`, {}), 409, 'illegal-transition');
    }
  });
});

/** The line of the log that names a request: it may reach us after the answer. */
async function logged({ process }: DtmServer, requestId: string): Promise<string> {
  for (const giveUp = performance.now() + 10_000; performance.now() < giveUp; await delay(20)) {
    const line = process.stderr.split('\n').find((one) => one.includes(requestId));
    if (line !== undefined) return line;
  }
  return '';
}

describe('an error that nobody foresaw', () => {
  it('is told without its inside, logged with it, and is over when its cause is', async () => {
    // One process, so that its log can be read.
    const server = await startDtmServer({ store: testStore() === 'sqlite' ? 'sqlite' : 'postgres' });
    const alter = async (statement: string) => {
      const url = server.environment.DTM_DATABASE_URL;
      if (url !== undefined) return administer(url, statement);
      const database = new DatabaseSync(join(server.dataDir, 'dtm.sqlite'));
      database.exec(statement);
      database.close();
    };
    try {
      const api = await signIn(server);
      await alter('alter table audit rename to somewhere_else');
      const answer = await api.get('/api/v1/audit', { 'x-request-id': 'what-happened' });
      assertProblem(answer, 500, 'internal');
      assert.doesNotMatch(answer.text, /\btable\b|relation|sql|\n\s+at /i);
      assert.match(answer.body.hint, /request id/);
      assert.match(await logged(server, 'what-happened'), /"level":50.+audit/);
      assert.equal((await api.get('/api/v1/tasks')).status, 200);
      await alter('alter table somewhere_else rename to audit');
      assert.equal((await api.get('/api/v1/audit')).status, 200);
    } finally {
      await server.dispose();
    }
  });
});
