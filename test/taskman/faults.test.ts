import assert from 'node:assert/strict';
import { crashAnswer } from '../support/taskman/http/answer.ts';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { api, call, seed, task } from './client.ts';

describe('TaskMan-v2 emulator: faults, other writers, counting', () => {
  let taskman: Taskman;
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'postgres' });
    await seed(taskman);
  });
  afterEach(() => taskman.stop());

  const create = (id: string) => call(taskman, 'POST', `${api}/tasks`, task(id));
  const stored = (id: string) => taskman.primary.row('tasks', id) !== undefined;

  it('resets the connection before or after the effect', async () => {
    const only = { method: 'POST', path: `${api}/tasks`, times: 1, act: 'reset' } as const;
    taskman.faults.add({ ...only, when: 'before effect' });
    await assert.rejects(create('T-1'));
    assert.equal(stored('T-1'), false);
    const remove = taskman.faults.add({ ...only, when: 'after effect' });
    await assert.rejects(create('T-2'));
    assert.equal(stored('T-2'), true);
    assert.equal((await create('T-3')).status, 201);
    assert.equal(remove(), 1);
  });

  it('answers 500 before the effect, or after it', async () => {
    taskman.faults.add({ when: 'before effect', act: crashAnswer, times: 1 });
    assert.equal((await create('T-1')).status, 500);
    assert.equal(stored('T-1'), false);
    taskman.faults.add({ when: 'after effect', act: { status: 503, text: 'busy' }, times: 1 });
    assert.equal((await create('T-1')).status, 503);
    assert.equal(stored('T-1'), true);
  });

  it('delays and hangs', async () => {
    taskman.faults.add({ when: 'before effect', act: { delayMs: 60 }, path: /tasks$/ });
    const start = performance.now();
    await create('T-1');
    assert.ok(performance.now() - start >= 59);
    taskman.faults.clear();
    taskman.faults.add({ when: 'after effect', act: 'hang' });
    const url = `${taskman.origin}${api}/tasks`;
    await assert.rejects(fetch(url, { signal: AbortSignal.timeout(100) }), { name: 'TimeoutError' });
  });

  it('lets another writer in between two requests, and in the middle of one', async () => {
    await create('T-1');
    const before = taskman.primary.row('tasks', 'T-1')?.updated_at;
    taskman.primary.write('tasks', 'T-1', { title: 'theirs' });
    const { json } = await call(taskman, 'GET', `${api}/tasks/T-1`);
    assert.equal(json.title, 'theirs');
    assert.notEqual(json.updated_at, before);
    const act = () => taskman.primary.write('tasks', 'T-1', { owner: 'them' });
    taskman.faults.add({ when: 'before effect', method: 'PATCH', act });
    const patched = await call(taskman, 'PATCH', `${api}/tasks/T-1`, { title: 'ours' });
    assert.deepEqual([patched.json.title, patched.json.owner], ['ours', 'them']);
    taskman.primary.remove('tasks', 'T-1');
    assert.equal((await call(taskman, 'GET', `${api}/tasks/T-1`)).status, 404);
  });

  it('counts requests and remembers them', async () => {
    taskman.forgetRequests();
    await create('T-1');
    await call(taskman, 'GET', `${api}/tasks?page=2`);
    assert.deepEqual([taskman.count(), taskman.count('POST'), taskman.count('GET', `${api}/tasks`)], [2, 1, 1]);
    const [first, second] = taskman.requests;
    assert.deepEqual([first?.status, JSON.parse(first?.body ?? '').id, second?.query.get('page')], [201, 'T-1', '2']);
  });

  it('serves ten readers at once', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => call(taskman, 'GET', `${api}/tasks`)));
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
  });
});
