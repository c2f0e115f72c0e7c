import assert from 'node:assert/strict';
import { tokensAnswer } from '../../src/api/auth.ts';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { addUser, password } from './accounts.ts';
import { Api, useApi } from './api.ts';

describe('signing in', () => {
  const server = useDtmServer();
  const anonymous = () => new Api(server().origin);
  const login = (prefix = '/auth') =>
    anonymous().must('POST', `${prefix}/login`, { username: server().username, password: server().password });

  it('gives a pair of tokens for the right password', async () => {
    const answer = tokensAnswer.parse(await login());
    assert.equal(answer.user.username, 'admin');
    assert.equal(answer.user.role, 'admin');
    assert.equal(answer.expires_in, 900);
    const me = await new Api(server().origin, answer.access_token).get('/auth/me');
    assert.equal(me.status, 200);
    assert.deepEqual(me.body, answer.user);
  });

  it('answers older clients below /api/v1, too', async () => {
    assert.equal(tokensAnswer.safeParse(await login('/api/v1/auth')).success, true);
  });

  it('says the same to a wrong password and to an unknown name', async () => {
    const wrong = await anonymous().post('/auth/login', { username: 'admin', password: 'not the password' });
    const unknown = await anonymous().post('/api/v1/auth/login', { username: 'nobody', password: 'not the password' });
    assert.equal(wrong.status, 401);
    assert.equal(unknown.status, 401);
    const told = ({ request_id: _id, instance: _path, ...rest }: Record<string, unknown>) => rest;
    assert.deepEqual(told(wrong.body), told(unknown.body));
    assert.match(wrong.body.detail, /user name or the password is wrong/);
  });

  it('refuses a body that is not a login, naming the fields', async () => {
    const { status, body } = await anonymous().post('/auth/login', { username: 'admin', passwort: 'x' });
    assert.equal(status, 422);
    assert.ok(body.errors.some((error) => error.path === 'password'));
  });

  for (const [what, token] of [
    ['no token', undefined],
    ['nonsense', 'nonsense'],
    ['an unsigned token', `${btoa('{"alg":"none"}')}.${btoa('{"sub":"admin"}')}.`],
  ] as const) {
    it(`lets nobody in with ${what}`, async () => {
      const { status, body, headers } = await new Api(server().origin, token).get('/api/v1/tasks');
      assert.equal(status, 401);
      assert.equal(body.type, '/problems/unauthenticated');
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer/);
    });
  }

  it('refuses a token whose content was changed', async () => {
    const { access_token } = await login();
    const [header, payload = '', signature] = access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, role: 'root' })).toString('base64url');
    const { status } = await new Api(server().origin, [header, forged, signature].join('.')).get('/auth/me');
    assert.equal(status, 401);
  });

  it('exchanges a refresh token, and gives the same successor again until that was used', async () => {
    const first = await login();
    const second = await anonymous().must('POST', '/auth/refresh', { refresh_token: first.refresh_token });
    const again = await anonymous().must('POST', '/auth/refresh', { refresh_token: first.refresh_token });
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(again.refresh_token, second.refresh_token);
    const third = await anonymous().must('POST', '/auth/refresh', { refresh_token: second.refresh_token });
    assert.notEqual(third.refresh_token, second.refresh_token);
  });

  it('gives the same successor to two windows that ask at once', async () => {
    const { refresh_token } = await login();
    const ask = () => anonymous().must('POST', '/auth/refresh', { refresh_token });
    const answers = await Promise.all([ask(), ask(), ask()]);
    assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1);
  });

  for (const prefix of ['/auth', '/api/v1/auth']) {
    it(`ends the whole family when an old refresh token comes back to ${prefix}`, async () => {
      const first = await login();
      const second = await anonymous().must('POST', `${prefix}/refresh`, { refresh_token: first.refresh_token });
      const third = await anonymous().must('POST', `${prefix}/refresh`, { refresh_token: second.refresh_token });
      const reuse = await anonymous().post(`${prefix}/refresh`, { refresh_token: first.refresh_token });
      assert.equal(reuse.status, 401);
      assert.equal(reuse.body.type, '/problems/refresh-token-reused');
      const last = await anonymous().post(`${prefix}/refresh`, { refresh_token: third.refresh_token });
      assert.equal(last.status, 401);
      assert.equal((await new Api(server().origin, third.access_token).get('/auth/me')).status, 401);
    });
  }

  it('does not know a refresh token that it never gave', async () => {
    const { status, body } = await anonymous().post('/auth/refresh', { refresh_token: 'x'.repeat(43) });
    assert.equal(status, 401);
    assert.equal(body.type, '/problems/unauthenticated');
  });

  it('asks whom to sign out', async () => {
    for (const path of ['/auth/logout', '/api/v1/auth/logout']) {
      const { status, body } = await anonymous().post(path, {});
      assert.deepEqual([status, body.type], [401, '/problems/unauthenticated'], path);
    }
  });

  it('ends the session at logout, by either token', async () => {
    const one = await login();
    const gone = await anonymous().post('/auth/logout', { refresh_token: one.refresh_token });
    assert.equal(gone.status, 204);
    assert.equal((await new Api(server().origin, one.access_token).get('/auth/me')).status, 401);
    assert.equal((await anonymous().post('/auth/refresh', { refresh_token: one.refresh_token })).status, 401);
    const two = await login();
    const signedIn = new Api(server().origin, two.access_token);
    assert.equal((await signedIn.call('POST', '/auth/logout')).status, 204);
    assert.equal((await signedIn.get('/auth/me')).status, 401);
  });
});

describe('signing out everywhere', () => {
  const server = useDtmServer();
  const api = useApi(server);
  const at = (token?: string) => new Api(server().origin, token);
  const login = () => at().must('POST', '/auth/login', { username: 'leaving', password });
  const statuses = (tokens: readonly string[]) =>
    Promise.all(tokens.map(async (token) => (await at(token).get('/auth/me')).status));

  before(async () => {
    await addUser(api(), 'leaving', 'member');
    await addUser(api(), 'staying', 'member');
  });

  for (const by of ['refresh token', 'access token'] as const) {
    it(`ends all sessions of the account, by its ${by}, and nothing else`, async () => {
      const [here, there] = [await login(), await login()];
      const other = await at().must('POST', '/auth/login', { username: 'staying', password });
      const personal = await at(here.access_token).must('POST', '/auth/tokens', { name: by, scope: 'read' });
      const given = by === 'refresh token' ? { refresh_token: here.refresh_token } : {};
      const out = () => at(here.access_token).post('/auth/logout', { ...given, everywhere: true });
      assert.equal((await out()).status, 204);
      const kept = [other.access_token, String(personal.token)];
      assert.deepEqual(await statuses([here.access_token, there.access_token, ...kept]), [401, 401, 200, 200]);
      for (const { refresh_token } of [here, there]) {
        assert.equal((await at().post('/auth/refresh', { refresh_token })).status, 401);
      }
      const again = await login();
      assert.equal((await out()).status, 401, 'a session that has ended may end no other');
      assert.deepEqual(await statuses([again.access_token]), [200]);
    });
  }

  it('needs a token that the server knows', async () => {
    const unknown = { refresh_token: 'x'.repeat(43), everywhere: true };
    assert.equal((await at().post('/auth/logout', unknown)).status, 401);
    assert.equal((await at().post('/auth/logout', { everywhere: true })).status, 401);
  });
});

describe('tokens with a short life', () => {
  it('are refused as expired when their time is over', async () => {
    const server = await startDtmServer({ env: { DTM_ACCESS_TOKEN_TTL_S: '1', DTM_REFRESH_TOKEN_TTL_S: '1' } });
    try {
      const credentials = { username: server.username, password: server.password };
      const tokens = await new Api(server.origin).must('POST', '/auth/login', credentials);
      const api = new Api(server.origin, tokens.access_token);
      let answer = await api.get('/auth/me');
      while (answer.status === 200) answer = await api.get('/auth/me');
      assert.equal(answer.status, 401);
      assert.equal(answer.body.type, '/problems/token-expired');
      const refresh = () => api.post('/auth/refresh', { refresh_token: tokens.refresh_token });
      let refreshed = await refresh();
      while (refreshed.status === 200) refreshed = await refresh();
      assert.equal(refreshed.status, 401);
      assert.equal(refreshed.body.type, '/problems/unauthenticated');
    } finally {
      await server.dispose();
    }
  });
});
