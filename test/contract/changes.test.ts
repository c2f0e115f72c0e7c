import assert from 'node:assert/strict';
import { changesAnswer } from '../../src/api/sync.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';
import { create, newOpId, update, wholeTask } from './operations.ts';

describe('changes', () => {
  const api = useApi(useDtmServer());

  async function page(since: string, extra = ''): Promise<Body> {
    const answer = await api().must('GET', `/api/v1/changes?since=${since}${extra}`);
    changesAnswer.parse(answer);
    return answer;
  }

  /** Reads on until nothing is left. */
  async function drain(since: string, extra = '', between?: () => Promise<unknown>) {
    const changes: Body[] = [];
    let next = since;
    for (let hasMore = true; hasMore; ) {
      const answer = await page(next, extra);
      changes.push(...answer.changes);
      next = answer.next;
      hasMore = answer.has_more;
      await between?.();
    }
    return { changes, next };
  }
  const project = (name: string) => api().make('projects', { name });
  const task = (projectId: string, fields: object = {}) =>
    api().make('tasks', { project_id: projectId, title: 'Task', ...fields });
  const ids = (changes: readonly Body[]) => changes.map((change) => change.id);

  it('starts with an empty snapshot of an empty server, and brings everything later', async () => {
    const { changes, next } = await drain('0');
    assert.deepEqual(changes, []);
    const made = await project('First');
    assert.deepEqual(ids((await drain(next)).changes), [made.id]);
  });

  it('gives each live entity and each tombstone once, as it is now, then the tail', async () => {
    const { id: projectId } = await project('Snapshot');
    const kept = await task(projectId);
    const gone = await task(projectId);
    await api().must('PATCH', `/api/v1/tasks/${kept.id}`, { title: 'Newest' });
    await api().must('DELETE', `/api/v1/tasks/${gone.id}`);
    const { changes, next } = await drain('0', '&limit=2');
    assert.equal(new Set(ids(changes)).size, changes.length);
    const live = changes.find((change) => change.id === kept.id);
    assert.equal(live?.data?.title, 'Newest');
    assert.equal(live?.version, 2);
    const tombstone = changes.find((change) => change.id === gone.id);
    assert.equal(tombstone?.kind, 'delete');
    assert.equal(tombstone?.data, null);
    assert.equal(tombstone?.version, 2);
    await api().must('POST', `/api/v1/tasks/${gone.id}/restore`);
    const tail = await drain(next);
    assert.deepEqual(
      tail.changes.map((change) => [change.id, change.kind, change.version]),
      [[gone.id, 'restore', 3]],
    );
    assert.deepEqual((await drain(tail.next)).changes, []);
  });

  it('brings every change in order with the operation that made it', async () => {
    const { id: projectId } = await project('Tail');
    const { next } = await drain('0');
    const made = create(wholeTask('T-TAIL', projectId));
    const renamed = update('T-TAIL', { title: ['Task T-TAIL', 'Renamed'] });
    await api().must('POST', '/api/v1/batch', { operations: [made, renamed] });
    await api().must('DELETE', '/api/v1/tasks/T-TAIL');
    const { changes } = await drain(next, '&limit=1');
    assert.deepEqual(
      changes.map((change) => change.kind),
      ['create', 'update', 'delete'],
    );
    assert.deepEqual(
      changes.slice(0, 2).map((change) => change.op_id),
      [made.op_id, renamed.op_id],
    );
    assert.match(String(changes[2]?.op_id), /^[0-9A-Z]{26}$/);
    const numbers = changes.map((change) => change.seq);
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    assert.equal(changes[0]?.by, 'admin');
  });

  it('names the operation also in the snapshot', async () => {
    const { id: projectId } = await project('Named');
    const operation = create(wholeTask('T-NAMED', projectId));
    await api().must('POST', '/api/v1/batch', { operations: [operation] });
    const { changes } = await drain('0');
    assert.equal(changes.find((change) => change.id === 'T-NAMED')?.op_id, operation.op_id);
  });

  it('carries the operation of a deleted sprint on the tasks that it lets go', async () => {
    const { id: projectId } = await project('Sprints');
    const sprint = await api().make('sprints', { project_id: projectId, name: 'Ends' });
    const held = await task(projectId, { sprint_id: sprint.id });
    const { next } = await drain('0');
    const operation = {
      ...{ op_id: newOpId(), entity: 'sprint', id: sprint.id, kind: 'delete', before: sprint },
      ...{ at: new Date().toISOString(), account: 'admin', surface: 'cli' },
    };
    await api().must('POST', '/api/v1/batch', { operations: [operation] });
    const { changes } = await drain(next);
    assert.deepEqual(ids(changes), [held.id, sprint.id]);
    assert.deepEqual(new Set(changes.map((change) => change.op_id)), new Set([operation.op_id]));
  });

  it('loses and repeats nothing while others write during the paging', async () => {
    const { id: projectId } = await project('Busy');
    const mine = `&project_id=${projectId}`;
    const existing: Body[] = [];
    for (let i = 0; i < 30; i++) existing.push(await task(projectId, { title: `Old ${i}` }));
    let step = 0;
    const disturb = async () => {
      if (step >= 30) return;
      const victim = existing[(step * 7) % 30]!;
      const path = `/api/v1/tasks/${victim.id}`;
      step += 1;
      if (step % 5 === 0) await api().call('DELETE', path);
      else if (step % 5 === 1) await api().call('POST', `${path}/restore`);
      else if (step % 5 === 2) await task(projectId, { title: `New ${step}` });
      else await api().patch(path, { title: `Changed ${step}` });
    };
    const { changes } = await drain('0', `${mine}&limit=1`, disturb);
    assert.equal(step, 30);
    const state = new Map<string, Body>();
    for (const change of changes) {
      const before = state.get(change.id);
      assert.ok(!before || before.version < change.version, 'versions only grow');
      state.set(change.id, change);
    }
    const live = await api().must('GET', `/api/v1/tasks?limit=1000&project_id=${projectId}`);
    const seen = [...state.values()].filter((change) => change.id.startsWith('T-') && change.data);
    assert.equal(seen.length, live.items.length);
    for (const item of live.items) assert.deepEqual(state.get(item.id)?.data, item);
  });

  it('shows many simultaneous writers to readers in one order without gaps', async () => {
    const { id: projectId } = await project('Parallel');
    const { next } = await drain('0');
    const writers = Array.from({ length: 40 }, (_, index) => task(projectId, { title: `Parallel ${index}` }));
    const [first, second, made] = await Promise.all([drain(next), drain(next), Promise.all(writers)]);
    const complete = async (reader: { changes: Body[]; next: string }) => [
      ...reader.changes,
      ...(await drain(reader.next)).changes,
    ];
    for (const changes of [await complete(first), await complete(second)]) {
      assert.deepEqual(new Set(ids(changes)), new Set(ids(made)));
      assert.equal(changes.length, made.length);
    }
  });

  it('limits itself to projects, and tells when something leaves them', async () => {
    const mine = await project('Mine');
    const other = await project('Other');
    const leaving = await task(mine.id);
    const hidden = await task(other.id);
    const scope = `&project_id=${mine.id}`;
    const { changes, next } = await drain('0', scope);
    assert.deepEqual(new Set(ids(changes)), new Set([mine.id, leaving.id]));
    await api().must('PATCH', `/api/v1/tasks/${hidden.id}`, { title: 'Still hidden' });
    await api().must('PATCH', `/api/v1/tasks/${leaving.id}`, { project_id: other.id });
    const tail = await drain(next, scope);
    assert.deepEqual(
      tail.changes.map((change) => [change.id, change.kind, change.data]),
      [[leaving.id, 'out_of_scope', null]],
    );
    const both = await drain(next, `${scope}&project_id=${other.id}`);
    assert.equal(both.changes.length, 2);
    assert.equal((await drain(tail.next, scope)).changes.length, 0);
  });

  it('moves its cursor on past what is out of scope', async () => {
    const mine = await project('Quiet');
    const { next } = await drain('0', `&project_id=${mine.id}`);
    await project('Noise');
    const after = await page(next, `&project_id=${mine.id}`);
    assert.equal(after.changes.length, 0);
    assert.notEqual(after.next, next);
  });

  it('answers 410 to a number that it never gave', async () => {
    const { status, body } = await api().get('/api/v1/changes?since=999999999');
    assert.equal(status, 410);
    assert.equal(body.type, '/problems/cursor-expired');
  });

  for (const query of ['since=nonsense', 'since=-1', 'since=s.1.task.a%20b', 'limit=0', 'project_id=T-1', 'colour=1']) {
    it(`refuses ?${query}`, async () => {
      const { status, body } = await api().get(`/api/v1/changes?${query}`);
      assert.equal(status, 422, JSON.stringify(body));
    });
  }
});
