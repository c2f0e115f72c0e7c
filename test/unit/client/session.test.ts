import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { bootstrapMessage, type RuntimeFile } from '../../../src/api/auth.ts';
import { createDtmClient, type DtmClient, type DtmClientOptions } from '../../../src/client/dtmClient.ts';
import { answerJson, answerProblem, type Script, ScriptedServer } from '../../support/httpServer.ts';
import { ManualClock, MemoryLogger, MemoryTokens } from '../../support/ports.ts';
import { rejectsWith } from '../../support/rejects.ts';

const user = { id: 'U1', username: 'ada', role: 'member' };

function pair(access: string, refresh: string) {
  return {
    access_token: access,
    token_type: 'bearer',
    expires_in: 900,
    refresh_token: refresh,
    refresh_expires_in: 9_000,
    user,
  };
}

describe('Session', () => {
  let server: ScriptedServer;
  let clients: DtmClient[];
  let tokens: MemoryTokens;
  let clock: ManualClock;
  let logger: MemoryLogger;
  let script: Script;

  beforeEach(async () => {
    clients = [];
    tokens = new MemoryTokens();
    clock = new ManualClock();
    logger = new MemoryLogger();
    script = (_, response) => answerProblem(response, 404, 'not-found');
    server = await ScriptedServer.start((request, response) => script(request, response));
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.isDeserted();
    await server.stop();
  });

  function client(options: Partial<DtmClientOptions> = {}): DtmClient {
    const made = createDtmClient({ origin: server.origin, tokens, clock, logger, ...options });
    clients.push(made);
    return made;
  }

  function signedInBefore(refreshToken = 'r1'): void {
    tokens.values.set(`${server.origin}|ada`, refreshToken);
    tokens.values.set(`${server.origin}|last-account`, 'ada');
  }

  /** Knows one access token and one refresh token at a time, and renews them on demand. */
  function rotating(): { revokeAccess(): void } {
    let generation = 1;
    let valid = 'none';
    script = (request, response) => {
      if (request.path === '/auth/refresh') {
        const given = JSON.parse(request.body).refresh_token;
        if (given !== `r${generation}`) return answerProblem(response, 401, 'refresh-token-reused');
        generation += 1;
        valid = `a${generation}`;
        return answerJson(response, 200, pair(valid, `r${generation}`));
      }
      if (request.headers.authorization === `Bearer ${valid}`) return answerJson(response, 200, user);
      return answerProblem(response, 401, 'token-expired');
    };
    return {
      revokeAccess: () => {
        valid = 'none';
      },
    };
  }

  it('says to sign in when there is nothing to sign in with, without asking the server', async () => {
    const error = await rejectsWith(client().me(), 'unauthenticated');
    assert.match(error.hint ?? '', /Sign in/);
    assert.deepEqual(server.seen, []);
  });

  it('keeps the refresh token, and the access token while it is good, under the origin and the account', async () => {
    script = (request, response) => answerJson(response, 200, request.path === '/auth/login' ? pair('a1', 'r1') : user);
    const dtm = client();
    assert.deepEqual(await dtm.login('ada', 'correct horse'), user);
    const { [`access|${server.origin}|ada`]: access, ...others } = Object.fromEntries(tokens.values);
    const renewAt = Date.parse(clock.now()) + 870_000;
    assert.deepEqual(JSON.parse(access ?? ''), { token: 'a1', renew_at: renewAt, life_ms: 900_000 });
    assert.deepEqual(others, {
      [`${server.origin}|ada`]: 'r1',
      [`${server.origin}|last-account`]: 'ada',
    });
    assert.equal(dtm.account, 'ada');
    assert.deepEqual(await dtm.me(), user);
    assert.equal(server.seen[1]?.headers.authorization, 'Bearer a1');
    assert.doesNotMatch(logger.lines.join('\n'), /correct horse|"a1"|"r1"/);
  });

  it('refreshes once for fifty requests at once', async () => {
    signedInBefore();
    rotating();
    const dtm = client();
    await Promise.all(Array.from({ length: 50 }, () => dtm.me()));
    assert.equal(server.count('/auth/refresh'), 1);
    assert.equal(tokens.values.get(`${server.origin}|ada`), 'r2');
    assert.equal(dtm.account, 'ada');
  });

  it('refreshes once, and repeats each once, when fifty requests meet an expired token', async () => {
    signedInBefore();
    const { revokeAccess } = rotating();
    const dtm = client();
    await dtm.me();
    revokeAccess();
    await Promise.all(Array.from({ length: 50 }, () => dtm.me()));
    assert.equal(server.count('/auth/refresh'), 2);
  });

  it('renews a token shortly before it expires', async () => {
    signedInBefore();
    rotating();
    const dtm = client();
    await dtm.me();
    clock.advance(869_000);
    await dtm.me();
    assert.equal(server.count('/auth/refresh'), 1);
    clock.advance(2_000);
    await dtm.me();
    assert.equal(server.count('/auth/refresh'), 2);
  });

  it('does not go on refreshing when a new token is refused as well', async () => {
    signedInBefore();
    script = (request, response) =>
      request.path === '/auth/refresh'
        ? answerJson(response, 200, pair('a', 'r'))
        : answerProblem(response, 401, 'token-expired');
    await rejectsWith(client().me(), 'token-expired');
    assert.equal(server.count('/auth/me'), 2);
    assert.equal(server.count('/auth/refresh'), 2);
  });

  it('keeps the token when the server cannot be reached or is not well', async () => {
    signedInBefore();
    script = (_, response) => answerProblem(response, 503, 'unavailable');
    const dtm = client();
    await rejectsWith(dtm.me(), 'unavailable');
    script = (_, response) => response.socket?.resetAndDestroy();
    await rejectsWith(dtm.me(), 'offline');
    await server.stop();
    const error = await rejectsWith(dtm.me(), 'offline');
    assert.equal(error.retryable, true);
    assert.equal(tokens.values.get(`${server.origin}|ada`), 'r1');
  });

  it('forgets a token that the server declared dead', async () => {
    signedInBefore('stolen');
    rotating();
    const error = await rejectsWith(client().me(), 'unauthenticated');
    assert.match(error.message, /ada/);
    assert.equal(tokens.values.has(`${server.origin}|ada`), false);
  });

  it('takes the token that another process put there meanwhile before it gives up', async () => {
    signedInBefore('r0');
    rotating();
    const rotated = script;
    script = (request, response) => {
      if (request.body.includes('r0')) tokens.values.set(`${server.origin}|ada`, 'r1');
      return rotated(request, response);
    };
    assert.deepEqual(await client().me(), user);
    assert.equal(tokens.values.get(`${server.origin}|ada`), 'r2');
    assert.ok(tokens.writes.every((write) => !write.startsWith('delete')));
  });

  it('renews nothing that another process has renewed already', async () => {
    signedInBefore();
    rotating();
    await client().me();
    clock.advance(60_000);
    assert.deepEqual(await client().me(), user);
    assert.equal(server.count('/auth/refresh'), 1);
    clock.advance(811_000);
    await client().me();
    assert.equal(server.count('/auth/refresh'), 2);
  });

  it('renews once for a hundred requests of two processes that meet an expired token', async () => {
    signedInBefore();
    const { revokeAccess } = rotating();
    let last: Promise<unknown> = Promise.resolve();
    const exclusively = <T>(_: string, work: () => Promise<T>): Promise<T> => {
      const next = last.then(work);
      last = next.catch(() => undefined);
      return next;
    };
    const both = [client({ exclusively }), client({ exclusively })];
    await Promise.all(both.map((dtm) => dtm.me()));
    assert.equal(server.count('/auth/refresh'), 1);
    revokeAccess();
    await Promise.all(both.flatMap((dtm) => Array.from({ length: 50 }, () => dtm.me())));
    assert.equal(server.count('/auth/refresh'), 2);
  });

  it('does not trust a shared token for longer than it was issued for, nor one that is no token', async () => {
    signedInBefore();
    rotating();
    await client().me();
    const key = `access|${server.origin}|ada`;
    const { token } = JSON.parse(tokens.values.get(key) ?? '');
    const inAYear = Date.parse(clock.now()) + 365 * 86_400_000;
    tokens.values.set(key, JSON.stringify({ token, renew_at: inAYear, life_ms: 900_000 }));
    const other = client();
    await other.me();
    clock.advance(901_000);
    await other.me();
    assert.equal(server.count('/auth/refresh'), 2);
    for (const damaged of ['', 'a', '{}', '{"token":""}', `{"token":"${token}","renew_at":"9"}`]) {
      tokens.values.set(key, damaged);
      assert.deepEqual(await client().me(), user);
    }
  });

  it('is signed out where another window signed out', async () => {
    signedInBefore();
    const { revokeAccess } = rotating();
    const [one, other] = [client(), client()];
    await Promise.all([one.me(), other.me()]);
    await one.logout();
    revokeAccess();
    const error = await rejectsWith(other.me(), 'unauthenticated');
    assert.match(error.hint ?? '', /Sign in/);
    assert.deepEqual([...tokens.values], []);
  });

  it('believes only the server itself that a token is dead, not a proxy or a page', async () => {
    const strangers: Script[] = [
      (_, response) => response.writeHead(401, { 'content-type': 'text/html' }).end('<h1>Sign in to the network</h1>'),
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end(),
      (_, response) => answerJson(response, 401, { detail: 'Unauthorized' }),
      (_, response) => answerJson(response, 401, { type: 'about:blank', title: 'No', status: 401, detail: 'No.' }),
      (_, response) => answerProblem(response, 403, 'forbidden'),
      (_, response) => answerProblem(response, 500, 'internal'),
    ];
    for (const stranger of strangers) {
      signedInBefore();
      script = stranger;
      await assert.rejects(client().me());
      assert.equal(tokens.values.get(`${server.origin}|ada`), 'r1');
    }
    assert.ok(tokens.writes.every((write) => !write.startsWith('delete')));
  });

  it('goes on when the new token cannot be kept', async () => {
    signedInBefore();
    rotating();
    tokens.set = () => Promise.reject(new Error('keychain is locked'));
    assert.deepEqual(await client().me(), user);
    assert.match(logger.lines.join('\n'), /token-not-kept.*keychain is locked/);
  });

  it('uses a given token as it is and never refreshes it', async () => {
    signedInBefore();
    rotating();
    const dtm = client({ accessToken: 'dtm_pat_1' });
    const error = await rejectsWith(dtm.me(), 'unauthenticated');
    assert.match(error.hint ?? '', /DTM_TOKEN/);
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer dtm_pat_1');
    assert.equal(server.count('/auth/refresh'), 0);
    assert.equal(tokens.values.get(`${server.origin}|ada`), 'r1');
  });

  it('signs out here even when the server cannot be told', async () => {
    signedInBefore();
    script = (_, response) => response.socket?.resetAndDestroy();
    await client().logout();
    assert.deepEqual([...tokens.values], []);
    assert.equal(JSON.parse(server.seen[0]?.body ?? '').refresh_token, 'r1');
  });

  it('signs out everywhere only when the server says so', async () => {
    signedInBefore();
    script = (_, response) => response.socket?.resetAndDestroy();
    await rejectsWith(client().logoutEverywhere(), 'offline');
    assert.equal(tokens.values.get(`${server.origin}|ada`), 'r1', 'it can be tried again');
    script = (_, response) => response.writeHead(204).end();
    await client().logoutEverywhere();
    assert.deepEqual([...tokens.values], []);
    assert.deepEqual(JSON.parse(server.seen.at(-1)?.body ?? ''), { refresh_token: 'r1', everywhere: true });
    await rejectsWith(client().logoutEverywhere(), 'unauthenticated');
  });

  it('lets one caller give up while the others get their token', async () => {
    signedInBefore();
    const controller = new AbortController();
    rotating();
    const answer = script;
    script = (request, response) => {
      if (request.path === '/auth/refresh') controller.abort();
      return answer(request, response);
    };
    const dtm = client();
    const [one, other] = await Promise.allSettled([dtm.me(controller.signal), dtm.me()]);
    assert.equal(one?.status, 'rejected');
    assert.equal(other?.status, 'fulfilled');
  });

  describe('on the machine of the server', () => {
    const secret = 'the-secret-of-this-start';
    const file = (origin: string): RuntimeFile => ({
      pid: 1,
      origin,
      server_id: 's1',
      secret,
      started_at: '2026-03-01T12:00:00.000Z',
    });
    const prove = (side: 'server' | 'client', clientNonce: string, serverNonce: string, key = secret) =>
      createHmac('sha256', key)
        .update(bootstrapMessage(side, server.origin, clientNonce, serverNonce))
        .digest('base64url');
    const serverNonce = 'n'.repeat(32);

    function offering(key: string): void {
      script = (request, response) => {
        if (request.path !== '/auth/bootstrap') return answerJson(response, 200, user);
        const given = JSON.parse(request.body);
        if (!given.client_proof) {
          const proof = prove('server', given.client_nonce, serverNonce, key);
          return answerJson(response, 200, { server_nonce: serverNonce, server_proof: proof });
        }
        const isRight = given.client_proof === prove('client', given.client_nonce, given.server_nonce);
        return isRight ? answerJson(response, 200, pair('a1', 'r1')) : answerProblem(response, 401, 'unauthenticated');
      };
    }

    it('signs in without a password by proving that both know the secret, which never travels', async () => {
      offering(secret);
      const dtm = client({ runtimeFile: async (origin) => file(origin) });
      assert.deepEqual(await dtm.me(), user);
      assert.equal(tokens.values.get(`${server.origin}|ada`), 'r1');
      assert.doesNotMatch(JSON.stringify(server.seen), new RegExp(secret));
    });

    it('proves nothing to a server that does not know the secret', async () => {
      offering('a guess');
      const error = await rejectsWith(client({ runtimeFile: async (o) => file(o) }).me(), 'unauthenticated');
      assert.match(error.message, /could not prove/);
      assert.ok(server.seen.every((request) => !request.body.includes('client_proof')));
    });

    it('proves nothing to a server that sends our own proof back, or no proof at all', async () => {
      for (const proof of ['', '!', 'AAAA', prove('client', 'x'.repeat(43), serverNonce)]) {
        script = (_, response) => answerJson(response, 200, { server_nonce: serverNonce, server_proof: proof });
        await rejectsWith(client({ runtimeFile: async (o) => file(o) }).me(), 'unauthenticated');
      }
      assert.ok(server.seen.every((request) => !request.body.includes('client_proof')));
    });

    it('asks no server of another origin, and none beyond this machine', async () => {
      await rejectsWith(client({ runtimeFile: async () => file('http://127.0.0.1:1') }).me(), 'unauthenticated');
      const far = client({ origin: 'http://dtm.example:8000', runtimeFile: async (o) => file(o) });
      await rejectsWith(far.me(), 'unauthenticated');
      assert.deepEqual(server.seen, []);
    });

    it('does not take over the account of someone else', async () => {
      offering(secret);
      const dtm = client({ account: 'bob', runtimeFile: async (o) => file(o) });
      const error = await rejectsWith(dtm.me(), 'unauthenticated');
      assert.match(error.message, /bob/);
      assert.equal(server.count('/auth/logout'), 1);
      assert.deepEqual([...tokens.values], []);
    });

    it('does not sign in by itself after a sign-out', async () => {
      offering(secret);
      const dtm = client({ runtimeFile: async (o) => file(o) });
      await dtm.me();
      await dtm.logout();
      await rejectsWith(dtm.me(), 'unauthenticated');
      assert.deepEqual([...tokens.values], []);
    });
  });
});
