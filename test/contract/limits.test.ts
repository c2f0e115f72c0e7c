import assert from 'node:assert/strict';
import { join } from 'node:path';
import { makeDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { repositoryRoot } from '../support/paths.ts';
import { Api, useApi } from './api.ts';

describe('the limit of requests per minute', () => {
  const server = useDtmServer({ env: { DTM_RATE_LIMIT_PER_MIN: '5' }, store: 'sqlite' });

  it('turns an address away that asks more often, forged or not, and never a probe', async () => {
    const api = new Api(server().origin);
    for (let count = 0; count < 5; count++) assert.equal((await api.get('/')).status, 200);
    for (const forged of ['', '203.0.113.7', '203.0.113.8']) {
      const answer = await api.get('/api/v1/tasks', { 'x-forwarded-for': forged });
      assert.equal(answer.status, 429);
      assert.equal(answer.body.type, '/problems/rate-limited');
      const wait = Number(answer.headers.get('retry-after'));
      assert.ok(wait >= 1 && wait <= 60, String(wait));
    }
    for (const path of ['/health', '/health/live', '/healthz', '/api/v1/health']) {
      assert.equal((await api.get(path)).status, 200, path);
    }
  });
});

describe('the limits of what a request may hold', () => {
  const server = useDtmServer();
  const api = useApi(server);

  before(async () => {
    await api().make('projects', { id: 'P-L', name: 'Large' });
  });

  for (const letter of ['x', 'ж', '\u{1f600}']) {
    it(`are 100,000 characters of a description, made of ${letter}`, async () => {
      const description = letter.repeat(100_000);
      const body = { project_id: 'P-L', title: 'x', description };
      const made = await api().make('tasks', body);
      assert.equal((await api().must('GET', `/api/v1/tasks/${made.id}`)).description, description);
      const longer = await api().post('/api/v1/tasks', { ...body, description: `${description}${letter}` });
      assert.equal(longer.status, 422);
      assert.equal(longer.body.errors[0]?.path, 'description');
    });
  }

  it('are 16 KiB for who has not signed in', async () => {
    const anonymous = new Api(server().origin);
    for (const path of ['login', 'refresh', 'logout', 'bootstrap']) {
      const answer = await anonymous.post(`/auth/${path}`, { padding: 'x'.repeat(16 * 1024) });
      assert.equal(answer.status, 413, path);
      assert.match(answer.body.hint, /16 KiB/);
    }
    const longest = { username: '\u{1f600}'.repeat(200), password: '\u{1f600}'.repeat(1_000) };
    assert.equal((await anonymous.post('/auth/login', longest)).status, 401);
  });

  it('do not let a body of hostile shape stop the others for long', async () => {
    const deep = '['.repeat(4_000_000) + ']'.repeat(4_000_000);
    const wide = `{"a":[${'{},'.repeat(2_700_000)}{}]}`;
    let isOver = false;
    const hostile = async () => {
      for (const raw of [deep, wide, deep, wide]) {
        const { status, text } = await api().call('POST', '/api/v1/tasks', { raw });
        // On a slow machine the protection against overload steps in, as it should.
        assert.ok([400, 422, 503].includes(status), text);
      }
    };
    const sending = hostile().finally(() => {
      isOver = true;
    });
    let longest = 0;
    while (!isOver) {
      const started = performance.now();
      assert.ok((await api().get('/health/live')).status === 200);
      longest = Math.max(longest, performance.now() - started);
    }
    await sending;
    console.log(`      the longest wait beside bodies of 8 MB: ${longest.toFixed(0)} ms`);
    assert.ok(longest < 5_000);
  });
});

describe('an overloaded server', () => {
  it('turns requests away with Retry-After, and still answers probes', async () => {
    const server = await makeDtmServer({ store: 'sqlite' });
    try {
      await server.start({ nodeArgs: ['--import', join(repositoryRoot, 'test/support/busyLoop.ts')] });
      const api = new Api(server.origin);
      let answer = await api.get('/api/v1/tasks');
      while (answer.status === 401) answer = await api.get('/api/v1/tasks');
      assert.equal(answer.status, 503);
      assert.equal(answer.body.type, '/problems/overloaded');
      assert.equal(answer.headers.get('retry-after'), '5');
      assert.equal((await api.get('/health/live')).status, 200);
    } finally {
      await server.kill();
      await server.dispose();
    }
  }).timeout(60_000);
});

describe('web pages of other origins', () => {
  const friend = 'https://app.example';
  const server = useDtmServer({ env: { DTM_CORS_ORIGINS: `${friend}, http://localhost:3000` }, store: 'sqlite' });
  const allowed = async (origin: string) => {
    const { headers } = await new Api(server().origin).get('/', { origin });
    return headers.get('access-control-allow-origin');
  };

  it('may read answers only if they were named', async () => {
    assert.equal(await allowed(friend), friend);
    assert.equal(await allowed('http://localhost:3000'), 'http://localhost:3000');
    for (const origin of ['https://evil.example', `${friend}.evil.example`, 'http://app.example', 'null']) {
      assert.equal(await allowed(origin), null, origin);
    }
  });

  it('may ask beforehand whether they may write', async () => {
    const headers = { origin: friend, 'access-control-request-method': 'PATCH' };
    const answer = await new Api(server().origin).call('OPTIONS', '/api/v1/tasks/T-1', { headers });
    assert.equal(answer.status, 204);
    assert.match(answer.headers.get('access-control-allow-methods') ?? '', /PATCH/);
    assert.equal(answer.headers.get('access-control-allow-origin'), friend);
  });
});
