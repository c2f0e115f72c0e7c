import assert from 'node:assert/strict';
import { auditAnswer } from '../../src/api/audit.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';
import { create, update, wholeTask } from './operations.ts';

describe('the audit', () => {
  const server = useDtmServer();
  const api = useApi(server);
  let project: Body;

  before(async () => {
    project = await api().make('projects', { name: 'Apollo' });
  });

  const task = (fields: object = {}) => api().make('tasks', { project_id: project.id, title: 'Task', ...fields });
  const audit = async (query: string) => auditAnswer.parse(await api().must('GET', `/api/v1/audit${query}`));

  it('says who changed what from what to what, where, why, and by which request', async () => {
    const { id } = await task({ status: 'ready', labels: ['a'] });
    const headers = { 'x-request-id': 'audited.1' };
    await api().post(`/api/v1/tasks/${id}/transition`, { status: 'blocked', reason: 'rain' }, headers);
    const { items } = await audit(`?id=${id}`);
    const [blocked, created] = items;
    assert.ok(blocked && created && items.length === 2);
    assert.deepEqual(blocked.fields, {
      status: { from: 'ready', to: 'blocked' },
      blocked_reason: { from: null, to: 'rain' },
    });
    const { kind, version, by, surface, reason, request_id } = blocked;
    assert.deepEqual([kind, version, by, surface, reason], ['update', 2, 'admin', 'server', 'rain']);
    assert.equal(request_id, 'audited.1');
    assert.equal(created.kind, 'create');
    assert.deepEqual(created.fields.labels, { from: null, to: ['a'] });
    assert.equal(created.fields.owner, undefined, 'what is empty is left out');
  });

  it('has every step, and carries the number and operation of the feed', async () => {
    const { id } = await task();
    await api().must('POST', `/api/v1/tasks/${id}/complete`);
    await api().must('DELETE', `/api/v1/tasks/${id}`);
    await api().must('POST', `/api/v1/tasks/${id}/restore`);
    const { items } = await audit(`?id=${id}`);
    assert.deepEqual(
      items.map((item) => item.kind),
      ['restore', 'delete', 'update', 'update', 'update', 'create'],
    );
    const { changes } = await api().must('GET', '/api/v1/changes?since=1&limit=1000');
    const fed = changes.filter((change) => change.id === id).reverse();
    assert.deepEqual(
      items.map((item) => [item.seq, item.op_id]),
      fed.map((change) => [change.seq, change.op_id]),
    );
  });

  it('keeps what clients say of an operation: where it was made, and why', async () => {
    const made = create(wholeTask('T-AUDIT', project.id), { reason: 'planning' });
    const renamed = update('T-AUDIT', { title: ['Task T-AUDIT', 'Renamed'] });
    const { results } = await api().must('POST', '/api/v1/batch', { operations: [made, renamed] });
    assert.deepEqual(
      results.map((result) => result.outcome),
      ['applied', 'applied'],
    );
    const { items } = await audit('?id=T-AUDIT');
    assert.deepEqual(
      items.map((item) => [item.op_id, item.surface, item.reason]),
      [
        [renamed.op_id, 'cli', null],
        [made.op_id, 'cli', 'planning'],
      ],
    );
  });

  it('records nothing of what was refused or changed nothing', async () => {
    const { id } = await task();
    await api().patch(`/api/v1/tasks/${id}`, { status: 'done' });
    await api().patch(`/api/v1/tasks/${id}`, { title: 'Task' });
    await api().patch(`/api/v1/tasks/${id}`, { title: 'Other' }, { 'if-match': '"7"' });
    assert.equal((await audit(`?id=${id}`)).items.length, 1);
  });

  it('tells of the tasks that a deleted sprint let go', async () => {
    const sprint = await api().make('sprints', { project_id: project.id, name: 'Short' });
    const { id } = await task({ sprint_id: sprint.id });
    await api().must('DELETE', `/api/v1/sprints/${sprint.id}`);
    const [released] = (await audit(`?id=${id}`)).items;
    assert.deepEqual(released?.fields, { sprint_id: { from: sprint.id, to: null } });
  });

  it('filters and pages', async () => {
    assert.ok((await audit('?entity=project')).items.every((item) => item.entity === 'project'));
    assert.equal((await audit('?actor=nobody')).items.length, 0);
    assert.ok((await audit('?actor=admin')).items.length > 0);
    const { items } = await audit('?limit=1000');
    const middle = items[3];
    assert.ok(middle);
    const early = await audit(`?until=${middle.at}&limit=1000`);
    const late = await audit(`?since=${middle.at}&limit=1000`);
    assert.equal(early.items.length + late.items.length, items.length);
    assert.equal((await audit('?until=2020-01-01')).items.length, 0);
    const paged: number[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: Awaited<ReturnType<typeof audit>> = await audit(`?limit=7${next === '' ? '' : `&cursor=${next}`}`);
      paged.push(...page.items.map((item) => item.seq));
      next = page.next_cursor;
    }
    assert.deepEqual(
      paged,
      items.map((item) => item.seq),
    );
  });

  it('refuses what it does not understand', async () => {
    for (const query of ['entity=user', 'id=x', 'since=yesterday', 'limit=0', 'cursor=a', 'by=me', 'actor=']) {
      assert.equal((await api().get(`/api/v1/audit?${query}`)).status, 422, query);
    }
  });
});
