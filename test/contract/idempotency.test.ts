import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isWrite } from '../../src/api/openapiHeaders.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { makeDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { repositoryRoot } from '../support/paths.ts';
import { testStore } from '../support/testStore.ts';
import { password } from './accounts.ts';
import { type Answer, type Api, signIn, useApi } from './api.ts';
import { create, newOpId, wholeTask } from './operations.ts';
import { routeName } from './routeOf.ts';

type Write = { readonly method: string; readonly path: string; readonly body?: unknown };
type Scenario = {
  /** The route, as its table calls it. */
  readonly name: string;
  readonly prepare: (api: Api) => Promise<Write>;
  /** What it does is no change of an entity. */
  readonly isOutsideFeed?: boolean;
};

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
const done = async (api: Api) => {
  const id = await task(api);
  await api.must('POST', `/api/v1/tasks/${id}/complete`);
  return id;
};

const makers = { projects: project, sprints: sprint, tasks: task } as const;
type Collection = keyof typeof makers;

/** What each kind of entity has. */
function entityScenarios(collection: Collection): readonly Scenario[] {
  const path = `/api/v1/${collection}`;
  const make = makers[collection];
  const named = (text: string) => (collection === 'tasks' ? { title: text } : { name: text });
  const parent = async (api: Api) => (collection === 'projects' ? {} : { project_id: await project(api) });
  const changing = (method: string) => async (api: Api) => {
    return { method, path: `${path}/${await make(api)}`, body: named('Other') };
  };
  const remove = async (api: Api) => ({ method: 'DELETE', path: `${path}/${await make(api)}` });
  const restore = async (api: Api) => {
    const { method, path: gone } = await remove(api);
    await api.must(method, gone);
    return post(`${gone}/restore`);
  };
  const last = collection === 'tasks' ? 'dropped' : 'cancelled';
  return [
    { name: `POST ${path}`, prepare: async (api) => post(path, { ...(await parent(api)), ...named('New') }) },
    { name: `PATCH ${path}/{id}`, prepare: changing('PATCH') },
    { name: `PUT ${path}/{id}`, prepare: changing('PUT') },
    { name: `DELETE ${path}/{id}`, prepare: remove },
    { name: `POST ${path}/{id}/restore`, prepare: restore },
    {
      name: `POST ${path}/{id}/transition`,
      prepare: async (api) => post(`${path}/${await make(api)}/transition`, { status: last }),
    },
  ];
}

const step = (collection: Collection, action: string, prepare: (api: Api) => Promise<string>): Scenario => ({
  name: `POST /api/v1/${collection}/{id}/${action}`,
  prepare: async (api) => post(`/api/v1/${collection}/${await prepare(api)}/${action}`),
});

const workScenarios: readonly Scenario[] = [
  step('tasks', 'complete', task),
  step('tasks', 'reopen', done),
  step('sprints', 'start', sprint),
  step('sprints', 'complete', started),
  step('sprints', 'cancel', sprint),
  { name: 'POST /api/v1/sprints/{id}/tasks', prepare: moving },
  {
    name: 'POST /api/v1/batch',
    prepare: async (api) => {
      const projectId = await project(api);
      const good = create(wholeTask(newId('T'), projectId));
      const refused = create(wholeTask(newId('T'), 'P-NONE'), { group_id: newOpId() });
      const operations = [good, refused, create(wholeTask(newId('T'), projectId))];
      return post('/api/v1/batch', { operations });
    },
  },
  {
    name: 'DELETE /api/v1/projects/{id}',
    prepare: async (api) => {
      const { project_id } = await api.must('GET', `/api/v1/tasks/${await task(api)}`);
      return { method: 'DELETE', path: `/api/v1/projects/${project_id}?cascade=true` };
    },
  },
];

const user = () => ({ username: newOpId(), password });
const accountScenarios: readonly Scenario[] = [
  { name: 'POST /api/v1/users', prepare: async () => post('/api/v1/users', user()), isOutsideFeed: true },
  {
    name: 'PATCH /api/v1/users/{id}',
    prepare: async (api) => {
      const { id } = await api.must('POST', '/api/v1/users', user());
      return { method: 'PATCH', path: `/api/v1/users/${id}`, body: { role: 'viewer' } };
    },
    isOutsideFeed: true,
  },
  ...['/auth/tokens', '/api/v1/auth/tokens'].map((path) => ({
    name: `DELETE ${path}/{id}`,
    prepare: async (api: Api) => {
      const { id } = await api.must('POST', path, { name: 'short', scope: 'read' });
      return { method: 'DELETE', path: `${path}/${id}` };
    },
    isOutsideFeed: true,
  })),
];

const scenarios = [
  ...(['projects', 'sprints', 'tasks'] as const).flatMap(entityScenarios),
  ...workScenarios,
  ...accountScenarios,
];
/** Projects and sprints are written by the same code as tasks. */
const distinctScenarios = [...entityScenarios('tasks'), ...workScenarios];
/** What these answer is shown once and never again: test/contract/tokens.test.ts. */
const shownOnce = ['POST /auth/tokens', 'POST /api/v1/auth/tokens'];

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

  it('is tried on every route that writes', () => {
    const writes = apiRoutes.filter(isWrite).map(routeName);
    assert.deepEqual([...new Set([...scenarios.map(({ name }) => name), ...shownOnce])].sort(), writes.sort());
  });

  for (const { name, prepare, isOutsideFeed = false } of scenarios) {
    it(`makes ${name} take effect once, one after the other and at once`, async () => {
      const write = await prepare(api());
      const key = { 'idempotency-key': randomUUID() };
      const before = await changeCount(api());
      const first = await send(api(), write, key);
      assert.ok(first.status < 300, first.text);
      assert.equal(first.headers.get('idempotency-replayed'), null);
      const after = await changeCount(api());
      assert.equal(after > before, !isOutsideFeed);
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

  it('gives the answer that was never sent, for every way to write, and has one effect', async () => {
    // One process, so that the one that dies is the one that was asked.
    const store = testStore() === 'sqlite' ? 'sqlite' : 'postgres';
    const server = await makeDtmServer({ store });
    try {
      await server.start({ nodeArgs: fault });
      for (const { name, prepare } of distinctScenarios) {
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
