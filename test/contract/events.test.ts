import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { changeBody } from '../../src/api/sync.ts';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { Api, type Body, signIn } from './api.ts';
import { type EventReader, follow, type ServerSentEvent } from './eventReader.ts';

const ids = (events: readonly ServerSentEvent[]) => events.map((event) => JSON.parse(event.data ?? '').id);

describe('events', () => {
  const server = useDtmServer();
  let token: string;
  let api: Api;
  let project: Body;
  let open: EventReader[] = [];

  before(async () => {
    token = await server().login();
    api = new Api(server().origin, token);
    project = await api.make('projects', { name: 'Apollo' });
  });
  afterEach(() => {
    for (const reader of open) reader.close();
    open = [];
  });

  const task = (fields: object = {}) => api.make('tasks', { project_id: project.id, title: 'Task', ...fields });
  async function listen(options: Parameters<typeof follow>[2] = {}): Promise<EventReader> {
    const reader = await follow(server().origin, token, options);
    open.push(reader);
    assert.equal(reader.response.status, 200);
    return reader;
  }

  it('tell every subscriber what happens from now on, with the number of the change as id', async () => {
    const before = await task();
    const readers = [await listen(), await listen()];
    assert.match(readers[0]?.response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const [a, b] = [await task(), await task()];
    for (const reader of readers) {
      const events = await reader.take(2);
      assert.deepEqual(ids(events), [a.id, b.id], `without ${before.id}`);
      for (const event of events) {
        assert.equal(event.event, 'change');
        assert.equal(changeBody.parse(JSON.parse(event.data ?? '')).seq, Number(event.id));
      }
    }
  });

  it('go on after Last-Event-ID, with nothing missing and nothing twice', async () => {
    const first = await listen();
    const made = [await task(), await task(), await task()];
    const [seen] = await first.take(1);
    first.close();
    const rest = await (await listen({ after: seen?.id ?? '' })).take(2);
    assert.deepEqual(
      ids(rest),
      made.slice(1).map((each) => each.id),
    );
  });

  it('bring a long history in order', async () => {
    const { next } = await api.must('GET', '/api/v1/changes?since=1&limit=1000');
    const made: string[] = [];
    for (let index = 0; index < 120; index++) made.push((await task()).id);
    assert.deepEqual(ids(await (await listen({ after: next })).take(120)), made);
  });

  it('lose nothing between simultaneous writers', async () => {
    const reader = await listen();
    const made = await Promise.all(Array.from({ length: 50 }, () => task()));
    const events = await reader.take(50);
    assert.deepEqual(ids(events).sort(), made.map((each) => each.id).sort());
    const numbers = events.map((event) => Number(event.id));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
  });

  it('are limited to projects, and tell of what leaves them', async () => {
    const other = await api.make('projects', { name: 'Elsewhere' });
    const reader = await listen({ query: `?project_id=${project.id}` });
    await api.make('tasks', { project_id: other.id, title: 'Unseen' });
    const moving = await task();
    await api.must('PATCH', `/api/v1/tasks/${moving.id}`, { project_id: other.id });
    const kinds = (await reader.take(2)).map((event) => JSON.parse(event.data ?? ''));
    assert.deepEqual(
      kinds.map((change) => [change.id, change.kind]),
      [
        [moving.id, 'create'],
        [moving.id, 'out_of_scope'],
      ],
    );
    assert.equal(kinds[1].data, null);
  });

  it('refuse a place that is not one, or lies beyond what is known', async () => {
    const refused: readonly (readonly [string, number])[] = [
      ['s.1.task.', 422],
      ['-1', 422],
      ['999999', 410],
    ];
    for (const [after, status] of refused) {
      const reader = await follow(server().origin, token, { after });
      assert.equal(reader.response.status, status, after);
    }
    assert.equal((await follow(server().origin, token, { query: '?since=1' })).response.status, 422);
    assert.equal((await follow(server().origin, 'nobody')).response.status, 401);
  });

  it('end within seconds when the session is revoked', async () => {
    const own = await server().login();
    const reader = await follow(server().origin, own);
    await new Api(server().origin, own).must('POST', '/auth/logout', {});
    assert.equal(await reader.next(), undefined);
  });

  it('cut off who does not read, without keeping everything for him', async function () {
    onlyOn(this, ['sqlite'], 'what is buffered for a reader has nothing to do with the store');
    const headers = { authorization: `Bearer ${token}` };
    const call = request(`${server().origin}/api/v1/events`, { headers, agent: false }, (response) => response.pause());
    call.on('error', () => undefined).end();
    await once(call, 'response');
    for (let index = 0; index < 200; index++) await task({ description: 'x'.repeat(100_000) });
    await until(() => server().process.stderr.includes('cut off'));
    call.destroy();
    assert.equal((await api.get('/health')).status, 200);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(100);
}

describe('events at their end', () => {
  it('end when the access token expires', async () => {
    const server = await startDtmServer({ env: { DTM_ACCESS_TOKEN_TTL_S: '2' } });
    try {
      const reader = await follow(server.origin, await server.login());
      assert.equal(reader.response.status, 200);
      assert.equal(await reader.next(), undefined);
    } finally {
      await server.dispose();
    }
  });

  it('do not delay a graceful stop', async () => {
    const server = await startDtmServer();
    try {
      const api = await signIn(server);
      const reader = await follow(server.origin, await server.login());
      await api.make('projects', { name: 'Last' });
      assert.equal((await reader.take(1)).length, 1);
      const ended = reader.next();
      assert.equal((await server.stop()).code, 0);
      assert.equal(await ended, undefined);
    } finally {
      await server.dispose();
    }
  });
});
