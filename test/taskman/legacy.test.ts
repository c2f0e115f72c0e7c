import assert from 'node:assert/strict';
import type { ScriptedServer } from '../support/httpServer.ts';
import { legacyPassword, startLegacy } from '../support/legacy/legacy.ts';
import type { VariantName } from '../support/legacy/variants.ts';

type Row = Readonly<Record<string, unknown>>;
type Expected = {
  readonly tasks: string;
  readonly keys: readonly string[];
  readonly count: number;
  readonly first: Row;
  readonly health: string;
};

const parents = { project_id: 'P-DTM-001', sprint_id: 'S-DTM-001' };

/** What the texts say of each, with the first task (done, high) in its words. */
const expected: Readonly<Record<VariantName, Expected>> = {
  v1: {
    tasks: '/api/v1/tasks/',
    keys: ['items', 'total'],
    count: 7,
    first: { id: 'TASK-001', status: 'completed', priority: 'high', project_id: 'PRJ-001', sprint_id: 'SPR-001' },
    health: '/health',
  },
  v2: {
    tasks: '/api/v1/tasks',
    keys: [],
    count: 8,
    first: { id: 'T-TEST-001', status: 'completed', priority: 'high', project_id: 'P-TEST-001' },
    health: '/api/v1/health',
  },
  v2mock: {
    tasks: '/api/v1/tasks',
    keys: ['items', 'total'],
    count: 7,
    first: { id: 'T-TEST-001', status: 'completed', priority: 'high', project_id: 'P-TEST-001' },
    health: '/api/v1/health',
  },
  v4: {
    tasks: '/api/tasks',
    keys: [],
    count: 8,
    first: { id: 'T-DTM-001', status: 'completed', priority: 'urgent', ...parents },
    health: '/api/health',
  },
  v6: {
    tasks: '/api/v1/tasks/',
    keys: ['success', 'data'],
    count: 9,
    first: { id: 'T-0000a1b1', status: 'completed', priority: 'high', project_id: 'P-0000a1b1' },
    health: '/health',
  },
  v7: {
    tasks: '/api/v1/tasks',
    keys: ['tasks', 'total', 'limit', 'offset'],
    count: 9,
    first: { id: 1, task_id: 'TASK-001', status: 'done', priority: 'high', project_id: 'PROJ-001' },
    health: '/healthz',
  },
  v10: {
    tasks: '/api/v1/tasks',
    keys: ['tasks', 'total', 'page', 'per_page', 'has_more'],
    count: 9,
    first: { id: 'T-001', status: 'done', priority: 'p1', primary_project: 'P-001', primary_sprint: 'S-001' },
    health: '/health',
  },
};

for (const [name, { tasks, keys, count, first, health }] of Object.entries(expected)) {
  describe(`Older DTM servers: ${name}`, () => {
    let server: ScriptedServer;
    let headers: Record<string, string> = {};
    before(async () => {
      server = await startLegacy({ variant: name as VariantName });
      if (name === 'v1') headers = { authorization: `Bearer ${await signIn()}` };
    });
    after(() => server.stop());

    const get = (path: string) => fetch(server.origin + path, { headers, redirect: 'manual' });

    async function signIn(): Promise<string> {
      const body = JSON.stringify({ username: 'u', password: legacyPassword });
      const answer = await fetch(`${server.origin}/auth/login`, { method: 'POST', body });
      return ((await answer.json()) as { readonly access_token: string }).access_token;
    }

    it('has its envelope, its words, its ids and its names of parents', async () => {
      const body = (await (await get(tasks)).json()) as Row;
      const rows = (Array.isArray(body) ? body : body[keys.find((key) => Array.isArray(body[key])) ?? '']) as Row[];
      assert.deepEqual([Array.isArray(body) ? [] : Object.keys(body), rows.length], [keys, count]);
      assert.deepEqual({ ...rows[0], ...first }, rows[0]);
    });

    it('has its health route, and no other', async () => {
      for (const path of ['/health', '/api/health', '/api/v1/health', '/healthz']) {
        const isThere = path === health || (name === 'v4' && path === '/health');
        assert.equal((await fetch(server.origin + path)).status, isThere ? 200 : name === 'v1' ? 401 : 404, path);
      }
    });

    it('asks for a sign-in, or has no such route', async () => {
      const answer = await fetch(server.origin + tasks);
      assert.equal(answer.status, name === 'v1' ? 401 : 200);
      const login = await fetch(`${server.origin}/api/v1/auth/login`, { method: 'POST', headers });
      assert.equal(login.status, 404);
    });

    it('answers unknown rows in its own way', async () => {
      const { status, body } = await reply(await get(`${tasks.replace(/\/$/, '')}/T-none`));
      assert.equal(status, 404);
      assert.ok('error' in body || 'detail' in body);
    });
  });
}

describe('Older DTM servers: addresses and pages', () => {
  it('v6 sends lists without the slash to those with it; v4 takes both; v2 has no sprints', async () => {
    const [v6, v4, v2] = await Promise.all([
      startLegacy({ variant: 'v6' }),
      startLegacy({ variant: 'v4' }),
      startLegacy({ variant: 'v2' }),
    ]);
    const statusOf = async (server: ScriptedServer, path: string) =>
      (await fetch(server.origin + path, { redirect: 'manual' })).status;
    assert.deepEqual([await statusOf(v6, '/api/v1/tasks'), await statusOf(v6, '/api/v1/tasks/')], [307, 200]);
    assert.deepEqual([await statusOf(v4, '/api/tasks'), await statusOf(v4, '/api/tasks/')], [200, 200]);
    assert.deepEqual([await statusOf(v2, '/api/v1/sprints'), await statusOf(v2, '/api/v1/tasks/')], [404, 404]);
    await Promise.all([v6.stop(), v4.stop(), v2.stop()]);
  });

  it('pages of limit and offset, and of page and per_page', async () => {
    const [v7, v10] = await Promise.all([startLegacy({ variant: 'v7' }), startLegacy({ variant: 'v10' })]);
    const offset = await reply(await fetch(`${v7.origin}/api/v1/tasks?limit=2&offset=8`));
    assert.deepEqual([(offset.body.tasks as Row[]).length, offset.body.total], [1, 9]);
    const page = await reply(await fetch(`${v10.origin}/api/v1/tasks?page=2&per_page=4`));
    assert.deepEqual([(page.body.tasks as Row[]).length, page.body.has_more], [4, true]);
    await Promise.all([v7.stop(), v10.stop()]);
  });
});

async function reply(response: Response): Promise<{ readonly status: number; readonly body: Row }> {
  return { status: response.status, body: (await response.json()) as Row };
}
