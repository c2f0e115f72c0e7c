import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { accountBody } from '../../src/api/accounts.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { addUser, password, signInAs } from './accounts.ts';
import { Api, useApi } from './api.ts';

describe('users', () => {
  const server = useDtmServer();
  const admin = useApi(server);
  const login = (username: string, given: string) =>
    new Api(server().origin).post('/auth/login', { username, password: given });

  it('are added with a role and a password, and listed without it', async () => {
    const body = { username: 'anna', password, role: 'viewer' };
    const answer = await admin().post('/api/v1/users', body);
    assert.equal(answer.status, 201);
    const made = accountBody.strict().parse(answer.body);
    assert.equal(answer.headers.get('location'), `/api/v1/users/${made.id}`);
    const { items } = await admin().must('GET', '/api/v1/users');
    assert.deepEqual(
      items.map((item) => [item.username, item.role, item.disabled]),
      [
        ['admin', 'admin', false],
        ['anna', 'viewer', false],
      ],
    );
    assert.equal((await login('anna', password)).status, 200);
  });

  it('have different names, also when two are added at once', async () => {
    const add = () => admin().post('/api/v1/users', { username: 'twice', password });
    const statuses = (await Promise.all([add(), add()])).map((answer) => answer.status);
    assert.deepEqual(statuses.sort(), [201, 409]);
    const again = await add();
    assert.equal(again.body.type, '/problems/already-exists');
  });

  it('are added and changed once per idempotency key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const add = () => admin().post('/api/v1/users', { username: 'once', password }, key);
    const [first, again] = [await add(), await add()];
    assert.equal(first.status, 201);
    assert.deepEqual([again.status, again.text], [201, first.text]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    const otherKey = { 'idempotency-key': randomUUID() };
    const change = () => admin().patch(`/api/v1/users/${first.body.id}`, { role: 'viewer' }, otherKey);
    assert.equal((await change()).headers.get('idempotency-replayed'), null);
    assert.equal((await change()).headers.get('idempotency-replayed'), 'true');
  });

  for (const [what, body, path] of [
    ['a short password', { username: 'x', password: 'short' }, 'password'],
    ['an unknown role', { username: 'x', password, role: 'root' }, 'role'],
    ['an empty name', { username: ' ', password }, 'username'],
    ['a name over two lines', { username: 'a\nb', password }, 'username'],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const answer = await admin().post('/api/v1/users', body);
      assert.equal(answer.status, 422);
      assert.ok(
        answer.body.errors.some((error) => error.path === path),
        answer.text,
      );
    });
  }

  it('that nobody has cannot be changed', async () => {
    assert.equal((await admin().patch('/api/v1/users/nobody', { role: 'admin' })).status, 404);
  });

  it('may do at once what their new role allows', async () => {
    const { id } = await addUser(admin(), 'rising', 'viewer');
    const api = await signInAs(server(), 'rising');
    assert.equal((await api.post('/api/v1/projects', { name: 'x' })).status, 403);
    await admin().must('PATCH', `/api/v1/users/${id}`, { role: 'member' });
    assert.equal((await api.post('/api/v1/projects', { name: 'x' })).status, 201);
    await admin().must('PATCH', `/api/v1/users/${id}`, { role: 'viewer' });
    assert.equal((await api.post('/api/v1/projects', { name: 'x' })).status, 403);
  });

  it('are signed out everywhere by a new password', async () => {
    const { id } = await addUser(admin(), 'changing', 'member');
    const api = await signInAs(server(), 'changing');
    await admin().must('PATCH', `/api/v1/users/${id}`, { password: 'another password' });
    assert.equal((await api.get('/auth/me')).status, 401);
    assert.equal((await login('changing', password)).status, 401);
    assert.equal((await login('changing', 'another password')).status, 200);
  });

  it('that are switched off get in no longer, by no way, and are told nothing; until they are switched on', async () => {
    const { id } = await addUser(admin(), 'leaving', 'member');
    const tokens = await new Api(server().origin).must('POST', '/auth/login', { username: 'leaving', password });
    const api = new Api(server().origin, tokens.access_token);
    const made = await api.must('POST', '/auth/tokens', { name: 'ci', scope: 'write' });
    const script = new Api(server().origin, String(made.token));
    assert.equal((await script.get('/auth/me')).status, 200);
    await admin().must('PATCH', `/api/v1/users/${id}`, { disabled: true });
    for (const one of [api, script]) assert.equal((await one.get('/auth/me')).status, 401);
    assert.equal((await api.post('/auth/refresh', { refresh_token: tokens.refresh_token })).status, 401);
    const refused = await login('leaving', password);
    const wrong = await login('leaving', 'not the password');
    assert.equal(refused.status, 401);
    assert.equal(refused.body.detail, wrong.body.detail);
    await admin().must('PATCH', `/api/v1/users/${id}`, { disabled: false });
    assert.equal((await login('leaving', password)).status, 200);
    assert.equal((await api.get('/auth/me')).status, 401);
  });

  it('always include an administrator who can sign in', async () => {
    const { items } = await admin().must('GET', '/api/v1/users');
    const { id } = items.find((item) => item.username === 'admin')!;
    for (const body of [{ disabled: true }, { role: 'member' }]) {
      const answer = await admin().patch(`/api/v1/users/${id}`, body);
      assert.equal(answer.status, 409);
      assert.match(answer.body.hint, /another user an administrator/);
    }
    assert.equal((await admin().get('/api/v1/users')).status, 200);
  });
});
