import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { AnswerCache } from '../../../src/client/answerCache.ts';
import { RequestStatistics } from '../../../src/client/requestStatistics.ts';
import { Transport, type TransportOptions } from '../../../src/client/transport.ts';
import { openBlackHole } from '../../support/blackHole.ts';
import { freePort } from '../../support/freePort.ts';
import { answerJson, answerProblem, type Script, ScriptedServer } from '../../support/httpServer.ts';
import { ManualClock, MemoryLogger } from '../../support/ports.ts';
import { rejectsWith } from '../../support/rejects.ts';

const anything = z.looseObject({});

describe('Transport', () => {
  const servers: ScriptedServer[] = [];
  const transports: Transport[] = [];
  const logger = new MemoryLogger();

  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    const used = servers.splice(0);
    await Promise.all(used.map((server) => server.isDeserted()));
    await Promise.all(used.map((server) => server.stop()));
  });

  async function serve(script: Script): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(script);
    servers.push(server);
    return server;
  }

  function transportTo(origin: string, limits: Partial<TransportOptions> = {}) {
    const transport = new Transport({
      origin,
      clock: new ManualClock(),
      logger,
      connectTimeoutMs: 2_000,
      requestTimeoutMs: 5_000,
      answerLimitBytes: 1_000_000,
      ...limits,
    });
    transports.push(transport);
    return transport;
  }

  const get = { method: 'GET', path: '/x', answer: anything } as const;

  it('sends JSON with a request id and gives the parsed answer with its headers', async () => {
    const server = await serve((_, response) => answerJson(response, 200, { a: 1 }, { 'DTM-Server': 's1' }));
    const transport = transportTo(server.origin);
    const answer = await transport.send({
      method: 'POST',
      path: '/x',
      body: '{"b":2}',
      accessToken: 'secret',
      answer: anything,
    });
    assert.deepEqual(answer.value, { a: 1 });
    assert.equal(answer.headers.get('dtm-server'), 's1');
    const [seen] = server.seen;
    assert.equal(seen?.body, '{"b":2}');
    assert.equal(seen?.headers.authorization, 'Bearer secret');
    assert.equal(seen?.headers['content-type'], 'application/json');
    assert.match(String(seen?.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    assert.ok(!logger.lines.join('\n').includes('secret'));
  });

  it('keeps the connection for the next request', async () => {
    const ports = new Set<number | undefined>();
    const server = await serve((_, response) => {
      ports.add(response.socket?.remotePort);
      answerJson(response, 200, {});
    });
    const transport = transportTo(server.origin);
    for (let i = 0; i < 20; i++) await transport.send(get);
    // A request that follows at once may open a second one before the first counts as free.
    assert.ok(ports.size <= 2, `${ports.size} connections`);
  });

  it('reports a port where nobody listens as offline, naming the origin', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const error = await rejectsWith(transportTo(origin).send(get), 'offline');
    assert.equal(error.retryable, true);
    assert.match(error.message, /ECONNREFUSED/);
    assert.ok(error.hint?.includes(origin));
  });

  it('reports a name that does not resolve as offline', async () => {
    const error = await rejectsWith(transportTo('http://nowhere.invalid:8000').send(get), 'offline');
    assert.equal(error.retryable, true);
  });

  it('reports a reset before the headers as offline', async () => {
    const server = await serve((_, response) => response.socket?.resetAndDestroy());
    await rejectsWith(transportTo(server.origin).send(get), 'offline');
  });

  it('asks once more, on a new connection, when a kept one was closed; but never sends a POST twice', async () => {
    const server = await serve((_, response) =>
      server.seen.length === 1 ? answerJson(response, 200, {}) : response.socket?.resetAndDestroy(),
    );
    const transport = transportTo(server.origin);
    await transport.send(get);
    await rejectsWith(transport.send(get), 'offline');
    assert.equal(server.count('/x'), 3);
    await rejectsWith(transport.send({ ...get, method: 'POST', path: '/once', body: '{}' }), 'offline');
    assert.equal(server.count('/once'), 1);
  });

  it('reports a connection cut within the body as offline', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"a":', () => response.socket?.resetAndDestroy());
    });
    await rejectsWith(transportTo(server.origin).send(get), 'offline');
  });

  it('reports truncated JSON as a bad answer that may be better next time', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"a":[1,2');
    });
    const error = await rejectsWith(transportTo(server.origin).send(get), 'bad-answer');
    assert.equal(error.retryable, true);
  });

  it('reports a page instead of data as a bad answer', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Sign in to the hotel network</html>');
    });
    const error = await rejectsWith(transportTo(server.origin).send(get), 'bad-answer');
    assert.equal(error.retryable, false);
    assert.match(error.hint ?? '', /sign-in page/);
  });

  it('reports JSON of another shape as a bad answer', async () => {
    const server = await serve((_, response) => answerJson(response, 200, { other: true }));
    await rejectsWith(transportTo(server.origin).send({ ...get, answer: z.object({ a: z.string() }) }), 'bad-answer');
  });

  it('follows no redirect to another origin: the token does not travel', async () => {
    const thief = await serve((_, response) => answerJson(response, 200, {}));
    const { host } = new URL(thief.origin);
    for (const location of [`${thief.origin}/x`, `//${host}/x`, `https://127.0.0.1/x`, `http://[broken`, '']) {
      const server = await serve((_, response) => response.writeHead(307, { location }).end());
      await rejectsWith(transportTo(server.origin).send({ ...get, accessToken: 'secret' }), 'bad-answer');
    }
    assert.deepEqual(thief.seen, []);
  });

  it('follows 307 and 308 within the origin when it only reads, and not for ever', async () => {
    const server = await serve(({ path }, response) => {
      if (path === '/tasks?limit=1') return answerJson(response, 200, { fine: true });
      const location = { '/tasks/': `${server.origin}/tasks?limit=1`, '/old': '/tasks/' }[path] ?? path;
      return response.writeHead(path === '/old' ? 308 : 307, { location }).end();
    });
    const transport = transportTo(server.origin);
    const answer = await transport.send({ ...get, path: '/old', accessToken: 'own' });
    assert.deepEqual(answer.value, { fine: true });
    assert.ok(server.seen.every(({ headers }) => headers.authorization === 'Bearer own'));
    await rejectsWith(transport.send({ ...get, path: '/loop' }), 'bad-answer');
    assert.equal(server.count('/loop'), 4);
    await rejectsWith(transport.send({ ...get, method: 'POST', path: '/old', body: '{}' }), 'bad-answer');
    assert.equal(server.count('/old'), 2);
  });

  it('follows no other redirect: 301 and 302 say nothing about the method', async () => {
    for (const status of [301, 302, 303]) {
      const server = await serve(({ path }, response) =>
        path === '/x' ? response.writeHead(status, { location: '/y' }).end() : answerJson(response, 200, {}),
      );
      await rejectsWith(transportTo(server.origin).send(get), 'bad-answer');
      assert.equal(server.count('/y'), 0);
    }
  });

  it('reads what was packed on the way, and stops where it unpacks to too much', async () => {
    const server = await serve(({ path, headers }, response) => {
      assert.equal(headers['accept-encoding'], 'gzip');
      const body = gzipSync(JSON.stringify({ a: path === '/bomb' ? 'x'.repeat(50_000_000) : 'Ärger' }));
      const damaged = Buffer.concat([body.subarray(0, 12), Buffer.alloc(20)]);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(path === '/damaged' ? damaged : body);
    });
    const transport = transportTo(server.origin);
    assert.deepEqual((await transport.send(get)).value, { a: 'Ärger' });
    await rejectsWith(transport.send({ ...get, path: '/bomb' }), 'too-large');
    const damaged = await rejectsWith(transport.send({ ...get, path: '/damaged' }), 'bad-answer');
    assert.equal(damaged.retryable, true);
  });

  it('asks only whether an answer that it has still holds', async () => {
    let version = 1;
    const server = await serve(({ headers }, response) => {
      const etag = `"${version}"`;
      if (headers['if-none-match'] === etag) return response.writeHead(304, { etag, 'DTM-Server': 's1' }).end();
      return answerJson(response, 200, { version }, { etag });
    });
    const cache = new AnswerCache();
    const transport = transportTo(server.origin);
    const ask = () => transport.send({ ...get, cache });
    assert.deepEqual((await ask()).value, { version: 1 });
    const again = await ask();
    assert.deepEqual([again.status, again.value, again.headers.get('dtm-server')], [304, { version: 1 }, 's1']);
    version = 2;
    assert.deepEqual((await ask()).value, { version: 2 });
    assert.deepEqual((await transport.send({ ...get, cache: new AnswerCache() })).status, 200);
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['if-none-match']),
      [undefined, '"1"', '"1"', undefined],
    );
  });

  it('joins the attempts of one action by a trace, each with an id of its own', async () => {
    const server = await serve((_, response) =>
      server.seen.length === 1 ? response.writeHead(503).end() : answerJson(response, 200, {}),
    );
    await transportTo(server.origin).send(get);
    const [one, two] = server.seen.map(({ headers }) => String(headers.traceparent).split('-'));
    assert.match(one?.join('-') ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.equal(one?.[1], two?.[1]);
    assert.notEqual(one?.[2], two?.[2]);
    assert.equal(new Set(server.seen.map(({ headers }) => headers['x-request-id'])).size, 2);
  });

  it('records what was sent, by operation, with its outcomes and sizes', async () => {
    const recorder = new RequestStatistics();
    const server = await serve(({ path }, response) =>
      path.startsWith('/tasks/T-1') ? answerJson(response, 200, { a: 1 }) : answerProblem(response, 404, 'not-found'),
    );
    const transport = transportTo(server.origin, { recorder });
    await transport.send({ ...get, path: '/tasks/T-1?secret=1' });
    await rejectsWith(transport.send({ ...get, path: '/tasks/T-2' }), 'not-found');
    await transport.send({ ...get, method: 'PATCH', path: '/tasks/T-1', body: '{"é":1}' });
    const nowhere = transportTo(`http://127.0.0.1:${await freePort()}`, { recorder });
    await rejectsWith(nowhere.send({ ...get, path: '/tasks/T-3' }), 'offline');
    const totals = new Map(recorder.totals().map((one) => [one.operation, one]));
    assert.deepEqual(totals.get('GET /tasks/{id}')?.outcomes, { 200: 1, 404: 1, offline: 1 });
    assert.equal(totals.get('GET /tasks/{id}')?.attempts, 3);
    const patch = totals.get('PATCH /tasks/{id}');
    assert.deepEqual([patch?.sentBytes, patch?.receivedBytes], [8, 7]);
  });

  it('shares its connections with the other clients of the origin in this process', async () => {
    const ports = new Set<number | undefined>();
    const server = await serve((_, response) => {
      ports.add(response.socket?.remotePort);
      answerJson(response, 200, {});
    });
    const [one, other] = [transportTo(server.origin), transportTo(server.origin)];
    await one.send(get);
    await other.send(get);
    await one.close();
    await other.send(get);
    assert.ok(ports.size <= 2, `${ports.size} connections`);
    await rejectsWith(one.send(get), 'cancelled');
  });

  it('gives up on an answer that does not come', async () => {
    const server = await serve(() => undefined);
    const error = await rejectsWith(transportTo(server.origin, { requestTimeoutMs: 50 }).send(get), 'timeout');
    assert.equal(error.retryable, true);
    assert.ok(error.hint?.includes(server.origin));
  });

  it('gives up on an answer that drips without end', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    await rejectsWith(transportTo(server.origin, { requestTimeoutMs: 100 }).send(get), 'timeout');
  });

  it('gives up on a connection that nobody accepts', async () => {
    const hole = await openBlackHole();
    try {
      const transport = new Transport({
        origin: hole.origin,
        clock: new ManualClock(),
        logger,
        connectTimeoutMs: 60,
        requestTimeoutMs: 60_000,
        answerLimitBytes: 1_000,
      });
      transports.push(transport);
      await rejectsWith(transport.send(get), 'timeout');
    } finally {
      await hole.close();
    }
  });

  it('stops reading an answer that is too large', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('"'.padEnd(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const error = await rejectsWith(transportTo(server.origin).send(get), 'too-large');
    assert.equal(error.details.answer, true);
  });

  it('reports something that does not speak HTTP as a bad answer', async () => {
    const server = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.6\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const error = await rejectsWith(transportTo(`http://127.0.0.1:${port}`).send(get), 'bad-answer');
      assert.match(error.hint ?? '', /another program/);
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('reports a server that speaks no TLS as incompatible', async () => {
    const server = await serve((_, response) => answerJson(response, 200, {}));
    const error = await rejectsWith(transportTo(server.origin.replace('http:', 'https:')).send(get), 'incompatible');
    assert.match(error.hint ?? '', /http: or https:/);
  });

  it('gives a problem document as an error with its code, hint, fields and facts', async () => {
    const server = await serve((_, response) =>
      answerProblem(response, 409, 'illegal-transition', {
        hint: 'Reopen it first.',
        request_id: 'r1',
        errors: [{ path: 'status', code: 'step', message: 'no such step' }],
        from: 'done',
        allowed: [],
      }),
    );
    const error = await rejectsWith(transportTo(server.origin).send(get), 'illegal-transition');
    assert.equal(error.message, 'because illegal-transition');
    assert.equal(error.hint, 'Reopen it first.');
    assert.equal(error.retryable, false);
    assert.deepEqual(error.fields, [{ path: 'status', code: 'step', message: 'no such step' }]);
    assert.equal(error.details.from, 'done');
    assert.equal(error.details.status, 409);
  });

  it('takes the status of a problem that it does not know', async () => {
    const server = await serve((_, response) => answerProblem(response, 422, 'too-beautiful'));
    await rejectsWith(transportTo(server.origin).send(get), 'validation');
  });

  it('marks what may pass as retryable, with the time to wait', async () => {
    const server = await serve((request, response) =>
      request.path === '/html'
        ? response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
        : answerJson(
            response,
            503,
            { type: '/problems/overloaded', title: 'x', status: 503, detail: 'busy' },
            { 'retry-after': '7' },
          ),
    );
    const transport = transportTo(server.origin);
    const overloaded = await rejectsWith(transport.send(get), 'overloaded');
    assert.equal(overloaded.retryable, true);
    assert.equal(overloaded.details.retryAfterMs, 7_000);
    const gateway = await rejectsWith(transport.send({ ...get, path: '/html' }), 'unavailable');
    assert.equal(gateway.retryable, true);
  });

  it('stops when the caller says so, before or while the answer is awaited', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const transport = transportTo(server.origin);
    await rejectsWith(transport.send(get, controller.signal), 'cancelled');
    await rejectsWith(transport.send(get, controller.signal), 'cancelled');
    assert.equal(server.seen.length, 1);
  });

  it('asks a server for eight things at once; who waits can still give up, and then asks nothing', async () => {
    let now = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    const server = await serve(async ({ path }, response) => {
      most = Math.max(most, ++now);
      if (path === '/x') await new Promise<void>((resolve) => answers.push(resolve));
      now--;
      answerJson(response, 200, {});
    });
    const transport = transportTo(server.origin);
    const busy = Array.from({ length: 8 }, () => transport.send(get));
    while (answers.length < 8) await delay(5);
    const controller = new AbortController();
    const given = transport.send({ ...get, path: '/given-up' }, controller.signal);
    const patient = Array.from({ length: 8 }, () => transport.send({ ...get, path: '/patient' }));
    const late = transport.send({ ...get, path: '/late', budgetMs: 30 });
    await rejectsWith(late, 'timeout');
    controller.abort();
    await rejectsWith(given, 'cancelled');
    for (const answer of answers) answer();
    await Promise.all([...busy, ...patient]);
    assert.equal(most, 8);
    assert.equal(server.count('/given-up') + server.count('/late'), 0);
  });

  it('ends requests under way when it is closed', async () => {
    let close: Promise<void> | undefined;
    const server = await serve(() => {
      close = transport.close();
    });
    const transport = transportTo(server.origin);
    await rejectsWith(transport.send(get), 'cancelled');
    await close;
    await rejectsWith(transport.send(get), 'cancelled');
  });

  it('goes on after the server was started again', async () => {
    const script: Script = (_, response) => answerJson(response, 200, {});
    const first = await serve(script);
    const transport = transportTo(first.origin);
    await transport.send(get);
    await first.stop();
    await rejectsWith(transport.send(get), 'offline');
    const second = await ScriptedServer.start(script, Number(new URL(first.origin).port));
    servers.splice(0, 1, second);
    assert.deepEqual((await transport.send(get)).value, {});
  });
});
