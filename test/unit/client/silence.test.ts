import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Transport } from '../../../src/client/transport.ts';
import { faults } from '../../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { answerJson, type Script, ScriptedServer } from '../../support/httpServer.ts';
import { MemoryLogger } from '../../support/ports.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { systemClock } from '../../support/trackerBench.ts';

const anything = z.looseObject({});
const get = { method: 'GET', path: '/x', answer: anything } as const;
/** Far more than a test may take: what ends earlier was ended by the watch. */
const longMs = 600_000;

describe('a server that keeps silent', function () {
  this.timeout(20_000);
  let server: ScriptedServer;
  let proxy: FaultProxy;
  let transport: Transport;

  async function behindProxy(script: Script): Promise<void> {
    server = await ScriptedServer.start(script);
    proxy = await startFaultProxy(Number(new URL(server.origin).port));
    transport = new Transport({
      origin: proxy.url,
      clock: systemClock,
      logger: new MemoryLogger(),
      connectTimeoutMs: 2_000,
      requestTimeoutMs: longMs,
      answerLimitBytes: 1_000_000,
    });
  }

  afterEach(async () => {
    await transport.close();
    await proxy.close();
    await server.stop();
  });

  const atOnce: Script = (_, response) => answerJson(response, 200, {});

  it('is given up on a kept connection, if a new one finds it silent, too', async () => {
    await behindProxy(atOnce);
    await transport.send(get);
    await proxy.set(faults.blackHole);
    await Promise.all([1, 2, 3].map(() => rejectsWith(transport.send(get), 'timeout')));
    assert.equal(server.count('/x'), 1);
    await proxy.pass();
    assert.ok(await comesBack());
  });

  it('is given up in the middle of an answer', async () => {
    await behindProxy(({ path }, response) => {
      if (path !== '/x') return answerJson(response, 200, {});
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"a":');
    });
    const sending = transport.send(get);
    await delay(100);
    await proxy.set(faults.blackHole);
    await rejectsWith(sending, 'timeout');
  });

  it('is waited for as long as it gives a sign of life', async () => {
    await behindProxy(async ({ path }, response) => {
      if (path === '/x') await delay(3_000);
      answerJson(response, path === '/x' ? 200 : 404, {});
    });
    assert.equal((await transport.send(get)).status, 200);
    const asked = server.count('/');
    assert.ok(asked >= 1 && asked <= 4, `asked ${asked} times`);
  });

  it('is asked for all requests together, without a token', async () => {
    await behindProxy(async ({ path }, response) => {
      if (path === '/x') await delay(450);
      answerJson(response, 200, {});
    });
    await Promise.all(Array.from({ length: 8 }, () => transport.send({ ...get, accessToken: 'secret' })));
    assert.ok(server.count('/') <= 2, `asked ${server.count('/')} times`);
    for (const request of server.seen) {
      assert.equal(request.headers.authorization, request.path === '/' ? undefined : 'Bearer secret');
    }
  });

  it('is not asked where it answers soon, and an answer that was cancelled is not waited for', async () => {
    await behindProxy(({ path }, response) => (path === '/never' ? undefined : answerJson(response, 200, {})));
    await transport.send(get);
    const controller = new AbortController();
    const sending = transport.send({ ...get, path: '/never' }, controller.signal);
    await delay(100);
    controller.abort();
    await rejectsWith(sending, 'cancelled');
    await delay(600);
    assert.equal(server.count('/'), 0);
  });

  /** The circuit lets somebody look again within seconds. */
  async function comesBack(): Promise<boolean> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const answer = await transport.send(get).catch(() => undefined);
      if (answer) return true;
      await delay(100);
    }
    return false;
  }
});
