import assert from 'node:assert/strict';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { type Answer, Api } from './api.ts';

type Headers = Readonly<Record<string, string>>;

function attempt(origin: string, username: string, password: string, headers?: Headers): Promise<Answer> {
  return new Api(origin).post('/auth/login', { username, password }, headers);
}

/** Fails so many times with a name, one after the other. @returns the statuses */
async function fail(origin: string, times: number, headers?: (index: number) => Headers, username = 'admin') {
  const statuses: number[] = [];
  for (let index = 0; index < times; index++) {
    statuses.push((await attempt(origin, username, 'wrong password', headers?.(index))).status);
  }
  return statuses;
}

const tenTimes401 = Array<number>(10).fill(401);

function assertThrottled({ status, headers, body }: Answer): void {
  assert.equal(status, 429);
  assert.equal(body.type, '/problems/rate-limited');
  const wait = Number(headers.get('retry-after'));
  assert.ok(wait > 800 && wait <= 900, String(wait));
  assert.match(body.hint, /Try again in 15 minutes/);
}

describe('throttling of sign-ins', function () {
  this.timeout(90_000);

  it('makes an address wait after ten failures, even with the right password, whatever it forges, over a kill', async () => {
    const server = await startDtmServer();
    try {
      assert.deepEqual(await fail(server.origin, 10), tenTimes401);
      assertThrottled(await attempt(server.origin, 'admin', 'wrong password'));
      assertThrottled(await attempt(server.origin, 'admin', server.password));
      const body = { username: 'admin', password: server.password };
      assertThrottled(await new Api(server.origin).post('/api/v1/auth/login', body));
      for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'true-client-ip']) {
        assertThrottled(await attempt(server.origin, 'admin', server.password, { [name]: '203.0.113.9' }));
      }
      await server.kill();
      await server.start();
      assertThrottled(await attempt(server.origin, 'admin', server.password));
      assert.equal((await attempt(server.origin, 'somebody else', 'wrong password')).status, 401);
    } finally {
      await server.dispose();
    }
  });

  it('does not tell by throttling whether a name exists', async () => {
    const server = await startDtmServer();
    try {
      assert.deepEqual(await fail(server.origin, 10, undefined, 'nobody'), tenTimes401);
      assertThrottled(await attempt(server.origin, 'nobody', 'wrong password'));
    } finally {
      await server.dispose();
    }
  });

  it('counts attempts that come at once: no more than ten are judged', async () => {
    const server = await startDtmServer();
    try {
      const guesses = Array.from({ length: 16 }, () => attempt(server.origin, 'admin', 'wrong password'));
      const statuses = (await Promise.all(guesses)).map((answer) => answer.status);
      assert.equal(statuses.filter((status) => status === 401).length, 10);
      assert.equal(statuses.filter((status) => status === 429).length, 6);
    } finally {
      await server.dispose();
    }
  });

  it('forgets failures once the right password was given', async () => {
    const server = await startDtmServer();
    try {
      assert.deepEqual(await fail(server.origin, 9), tenTimes401.slice(1));
      assert.equal((await attempt(server.origin, 'admin', server.password)).status, 200);
      assert.deepEqual(await fail(server.origin, 2), [401, 401]);
    } finally {
      await server.dispose();
    }
  });
});

describe('throttling of sign-ins behind a proxy', function () {
  this.timeout(90_000);

  const server = useDtmServer({ env: { DTM_TRUST_PROXY: '1' } });
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('goes by the address that the proxy added, not by what the client wrote before it', async () => {
    const forged = (index: number) => from(`198.51.100.${index}, 192.0.2.1`);
    assert.deepEqual(await fail(server().origin, 10, forged), tenTimes401);
    assertThrottled(await attempt(server().origin, 'admin', server().password, from('198.51.100.99, 192.0.2.1')));
    assertThrottled(await attempt(server().origin, 'admin', server().password, from('192.0.2.1')));
  });

  it('lets the right person in from another address, however many fail from elsewhere', async () => {
    assert.deepEqual(await fail(server().origin, 15, (index) => from(`192.0.2.${100 + index}`)), Array(15).fill(401));
    assert.equal((await attempt(server().origin, 'admin', server().password, from('192.0.2.50'))).status, 200);
  });

  it('takes all addresses of one IPv6 network for one', async () => {
    const same = (index: number) => from(`2001:db8:0:1::${index + 1}`);
    assert.deepEqual(await fail(server().origin, 10, same, 'nobody'), tenTimes401);
    assertThrottled(await attempt(server().origin, 'nobody', 'wrong password', from('2001:db8:0:1:ffff::1')));
    const other = await attempt(server().origin, 'nobody', 'wrong password', from('2001:db8:0:2::1'));
    assert.equal(other.status, 401);
  });
});
