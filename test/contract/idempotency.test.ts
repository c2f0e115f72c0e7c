import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { repositoryRoot } from '../support/paths.ts';
import { testStore } from '../support/testStore.ts';
import { type Answer, type Api, signIn, useApi } from './api.ts';
import { create, newOpId, wholeTask } from './operations.ts';

type Write = { readonly method: string; readonly path: string; readonly body?: unknown };
type Scenario = { readonly name: string; readonly prepare: (api: Api) => Promise<Write> };

const newId = (kind: string) => `${kind}-${newOpId()}`;

async function project(api: Api): Promise<string> {
  return (await api.make('projects', { name: 'Planned' })).id;
}

async function sprint(api: Api, fields: object = {}): Promise<string> {
  return (await api.make('sprints', { project_id: await project(api), name: 'Sprint', ...fields })).id;
}

async function task(api: Api, fields: object = {}): Promise<string> {
  return (await api.make('tasks', { project_id: await project(api), title: 'Task', ...fields })).id;
}

async function moving(api: Api): Promise<Write> {
  const projectId = await project(api);
  const { id } = await api.make('sprints', { project_id: projectId, name: 'Sprint' });
  const added = await api.make('tasks', { project_id: projectId, title: 'Task' });
  return { method: 'POST', path: `/api/v1/sprints/${id}/tasks`, body: { add: [added.id] } };
}

const post = (path: string, body?: unknown): Write => ({ method: 'POST', path, body });
const started = async (api: Api) => {
  const id = await sprint(api);
  await api.must('POST', `/api/v1/sprints/${id}/start`);
  return id;
};
const deleted = async (api: Api) => {
  const id = await task(api);
  await api.must('DELETE', `/api/v1/tasks/${id}`);
  return id;
};
const done = async (api: Api) => {
  const id = await task(api);
  await api.must('POST', `/api/v1/tasks/${id}/complete`);
  return id;
};

const scenarios: readonly Scenario[] = [
  { name: 'POST /projects', prepare: async () => post('/api/v1/projects', { name: 'New' }) },
  {
    name: 'POST /sprints',
    prepare: async (api) => post('/api/v1/sprints', { project_id: await project(api), name: 'New' }),
  },
  {
    name: 'POST /tasks',
    prepare: async (api) => post('/api/v1/tasks', { project_id: await project(api), title: 'New' }),
  },
  {
    name: 'PATCH /projects/{id}',
    prepare: async (api) => ({
      method: 'PATCH',
      path: `/api/v1/projects/${await project(api)}`,
      body: { name: 'Other' },
    }),
  },
  {
    name: 'PUT /tasks/{id}',
    prepare: async (api) => ({ method: 'PUT', path: `/api/v1/tasks/${await task(api)}`, body: { title: 'Other' } }),
  },
  {
    name: 'DELETE /projects/{id}?cascade=true',
    prepare: async (api) => {
      const { project_id } = await api.must('GET', `/api/v1/tasks/${await task(api)}`);
      return { method: 'DELETE', path: `/api/v1/projects/${project_id}?cascade=true` };
    },
  },
  {
    name: 'DELETE /tasks/{id}',
    prepare: async (api) => ({ method: 'DELETE', path: `/api/v1/tasks/${await task(api)}` }),
  },
  { name: 'POST /tasks/{id}/restore', prepare: async (api) => post(`/api/v1/tasks/${await deleted(api)}/restore`) },
  {
    name: 'POST /tasks/{id}/transition',
    prepare: async (api) => post(`/api/v1/tasks/${await task(api)}/transition`, { status: 'ready' }),
  },
  { name: 'POST /tasks/{id}/complete', prepare: async (api) => post(`/api/v1/tasks/${await task(api)}/complete`) },
  { name: 'POST /tasks/{id}/reopen', prepare: async (api) => post(`/api/v1/tasks/${await done(api)}/reopen`) },
  { name: 'POST /sprints/{id}/start', prepare: async (api) => post(`/api/v1/sprints/${await sprint(api)}/start`) },
  {
    name: 'POST /sprints/{id}/complete',
    prepare: async (api) => post(`/api/v1/sprints/${await started(api)}/complete`),
  },
  { name: 'POST /sprints/{id}/cancel', prepare: async (api) => post(`/api/v1/sprints/${await sprint(api)}/cancel`) },
  { name: 'POST /sprints/{id}/tasks', prepare: moving },
  {
    name: 'POST /batch',
    prepare: async (api) => {
      const projectId = await project(api);
      const good = create(wholeTask(newId('T'), projectId));
      const refused = create(wholeTask(newId('T'), 'P-NONE'), { group_id: newOpId() });
      const operations = [good, refused, create(wholeTask(newId('T'), projectId))];
      return post('/api/v1/batch', { operations });
    },
  },
];

const send = (api: Api, { method, path, body }: Write, headers: Readonly<Record<string, string>>) =>
  api.call(method, path, { body, headers });

/** How many changes there have been. */
async function changeCount(api: Api): Promise<number> {
  let since = '0';
  for (;;) {
    const page = await api.must('GET', `/api/v1/changes?since=${since}&limit=1000`);
    since = page.next;
    if (!page.has_more) return Number(/\d+$/.exec(since)?.[0]);
  }
}

function assertReplayed(again: Answer, first: Answer): void {
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assertSame(again, first);
}

function assertSame(again: Answer, first: Answer): void {
  const told = ({ status, text, headers }: Answer) => {
    return [status, text, ...['etag', 'location', 'content-type'].map((name) => headers.get(name))];
  };
  assert.deepEqual(told(again), told(first));
}

describe('Idempotency-Key', () => {
  const server = useDtmServer();
  const api = useApi(server);

  for (const { name, prepare } of scenarios) {
    it(`makes ${name} take effect once, one after the other and at once`, async () => {
      const write = await prepare(api());
      const key = { 'idempotency-key': randomUUID() };
      const before = await changeCount(api());
      const first = await send(api(), write, key);
      assert.ok(first.status < 300, first.text);
      assert.equal(first.headers.get('idempotency-replayed'), null);
      const after = await changeCount(api());
      assert.ok(after > before);
      assertReplayed(await send(api(), write, key), first);
      assert.equal(await changeCount(api()), after);

      const other = await prepare(api());
      const prepared = await changeCount(api());
      const otherKey = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all([1, 2, 3, 4].map(() => send(api(), other, otherKey)));
      assert.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true').length, 3);
      for (const answer of answers) assertSame(answer, answers[0]!);
      assert.equal((await changeCount(api())) - prepared, after - before);
    });
  }

  it('refuses a key that was used with another body, another address or another version', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await api().post('/api/v1/projects', { name: 'One' }, key);
    assert.equal(first.status, 201);
    for (const [path, body, headers] of [
      ['/api/v1/projects', { name: 'Two' }, key],
      ['/api/v1/tasks', { name: 'One' }, key],
      ['/api/v1/projects', { name: 'One' }, { ...key, 'if-match': '"1"' }],
    ] as const) {
      const answer = await api().post(path, body, headers);
      assert.equal(answer.status, 422, path);
      assert.equal(answer.body.type, '/problems/idempotency-mismatch');
    }
  });

  it('keeps no refusal: the same key works once what was wrong is corrected', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const refused = await api().post('/api/v1/projects', { name: '' }, key);
    assert.equal(refused.status, 422);
    assert.equal(refused.body.type, '/problems/validation');
    assert.equal((await api().post('/api/v1/projects', { name: 'Corrected' }, key)).status, 201);
  });

  it('replays the answer as it was, whatever happened to the entity since', async () => {
    const id = await task(api());
    const key = { 'idempotency-key': randomUUID(), 'if-match': '"1"' };
    const first = await api().patch(`/api/v1/tasks/${id}`, { title: 'First' }, key);
    await api().must('PATCH', `/api/v1/tasks/${id}`, { title: 'Second' });
    assertReplayed(await api().patch(`/api/v1/tasks/${id}`, { title: 'First' }, key), first);
    assert.equal((await api().get(`/api/v1/tasks/${id}`)).body.title, 'Second');
  });

  for (const key of ['', 'with space', 'x'.repeat(201)]) {
    it(`refuses the key "${key.slice(0, 20)}"`, async () => {
      const answer = await api().post('/api/v1/projects', { name: 'x' }, { 'idempotency-key': key });
      assert.equal(answer.status, 422);
      assert.equal(answer.body.errors[0]?.path, 'Idempotency-Key');
    });
  }

  it('does not matter to reads', async () => {
    const key = { 'idempotency-key': randomUUID() };
    for (const _ of [1, 2]) {
      const answer = await api().get('/api/v1/projects', key);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('idempotency-replayed'), null);
    }
  });
});

describe('Idempotency-Key and kill -9 between commit and answer', () => {
  const fault = ['--import', join(repositoryRoot, 'test/support/killBeforeAnswer.ts')];

  it('gives the answer that was never sent, for every write route, and has one effect', async () => {
    // One process, so that the one that dies is the one that was asked.
    const store = testStore() === 'sqlite' ? 'sqlite' : 'postgres';
    const server = await makeDtmServer({ store });
    try {
      await server.start({ nodeArgs: fault });
      for (const { name, prepare } of scenarios) {
        let api = await signIn(server);
        const write = await prepare(api);
        const before = await changeCount(api);
        const key = { 'idempotency-key': randomUUID() };
        await assert.rejects(send(api, write, { ...key, 'x-test-kill': '1' }), name);
        assert.equal((await server.process.exited).signal, 'SIGKILL');
        await server.start({ nodeArgs: fault });
        api = await signIn(server);
        const after = await changeCount(api);
        assert.ok(after > before, name);
        const answer = await send(api, write, key);
        assert.ok(answer.status < 300, `${name}: ${answer.text}`);
        assert.equal(answer.headers.get('idempotency-replayed'), 'true', name);
        assert.equal(await changeCount(api), after, name);
      }
    } finally {
      await server.dispose();
    }
  }).timeout(180_000);
});
