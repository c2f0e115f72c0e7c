import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeTokenAnswer, personalTokenBody } from '../../src/api/accounts.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { addUser, signInAs } from './accounts.ts';
import { Api, useApi } from './api.ts';

describe('personal access tokens', () => {
  const server = useDtmServer();
  const admin = useApi(server);
  const make = async (scope: string, owner = admin()) => {
    const made = madeTokenAnswer.parse(await owner.must('POST', '/auth/tokens', { name: `for ${scope}`, scope }));
    return { ...made, api: new Api(server().origin, made.token) };
  };

  it('are shown once, listed without the secret, and stored only as a hash', async () => {
    const { id, token, expires_at, created_at } = await make('read');
    assert.match(token, /^dtm_pat_[\w-]{43}$/);
    assert.equal(Date.parse(expires_at) - Date.parse(created_at), 90 * 24 * 60 * 60 * 1_000);
    const { items } = await admin().must('GET', '/auth/tokens');
    const listed = items.find((item) => item.id === id);
    assert.equal(personalTokenBody.strict().safeParse(listed).success, true);
    for (const name of readdirSync(server().dataDir)) {
      assert.ok(!readFileSync(join(server().dataDir, name)).includes(token.slice(8)), name);
    }
  });

  it('allow what their scope says', async () => {
    const allowed = async (api: Api) => [
      (await api.get('/api/v1/tasks')).status,
      (await api.post('/api/v1/projects', { name: 'By token' })).status,
      (await api.get('/api/v1/users')).status,
    ];
    assert.deepEqual(await allowed((await make('read')).api), [200, 403, 403]);
    assert.deepEqual(await allowed((await make('write')).api), [200, 201, 403]);
    assert.deepEqual(await allowed((await make('admin')).api), [200, 201, 200]);
  });

  it('never allow more than their owner may, also when that is less than before', async () => {
    const { id } = await addUser(admin(), 'owner', 'member');
    const owner = await signInAs(server(), 'owner');
    const refused = await owner.post('/auth/tokens', { name: 'x', scope: 'admin' });
    assert.equal(refused.status, 403);
    const { api } = await make('write', owner);
    assert.equal((await api.post('/api/v1/projects', { name: 'x' })).status, 201);
    await admin().must('PATCH', `/api/v1/users/${id}`, { role: 'viewer' });
    assert.equal((await api.post('/api/v1/projects', { name: 'x' })).status, 403);
    assert.equal((await api.get('/api/v1/projects')).status, 200);
  });

  it('stop working when they are revoked, and only their owner can do that', async () => {
    const { id, api } = await make('read');
    await addUser(admin(), 'other', 'admin');
    const other = await signInAs(server(), 'other');
    assert.equal((await other.delete(`/auth/tokens/${id}`)).status, 404);
    assert.equal((await api.get('/auth/me')).status, 200);
    assert.equal((await admin().delete(`/auth/tokens/${id}`)).status, 204);
    assert.equal((await api.get('/auth/me')).status, 401);
    assert.equal((await admin().delete(`/auth/tokens/${id}`)).status, 404);
  });

  for (const path of ['/auth/tokens', '/api/v1/auth/tokens']) {
    it(`cannot make or revoke tokens themselves by ${path}`, async () => {
      const { id, api } = await make('admin');
      assert.equal((await api.post(path, { name: 'x', scope: 'read' })).status, 403);
      assert.equal((await api.delete(`${path}/${id}`)).status, 403);
    });

    it(`are made once per idempotency key by ${path}, and their secret is never shown again`, async () => {
      const key = { 'idempotency-key': randomUUID() };
      const body = { name: `once by ${path}`, scope: 'read' };
      const first = await admin().post(path, body, key);
      assert.equal(first.status, 201);
      assert.match(String(first.body.token), /^dtm_pat_/);
      const again = await admin().post(path, body, key);
      assert.equal(again.status, 409);
      assert.ok(!again.text.includes('dtm_pat_'));
      const { items } = await admin().must('GET', path);
      assert.equal(items.filter((item) => item.name === body.name).length, 1);
    });
  }

  for (const [what, body] of [
    ['an unknown scope', { name: 'x', scope: 'root' }],
    ['no name', { scope: 'read' }],
    ['a life of more than 366 days', { name: 'x', scope: 'read', expires_in_days: 367 }],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      assert.equal((await admin().post('/auth/tokens', body)).status, 422);
    });
  }

  it('that were never given let nobody in', async () => {
    const { status, body } = await new Api(server().origin, `dtm_pat_${'x'.repeat(43)}`).get('/auth/me');
    assert.equal(status, 401);
    assert.equal(body.type, '/problems/unauthenticated');
  });
});
