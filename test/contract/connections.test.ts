import assert from 'node:assert/strict';
import { useDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { residentMiB } from '../support/processMemory.ts';
import { RawConnection } from '../support/rawConnection.ts';
import { useApi } from './api.ts';
import { noteAnswer } from './seenAnswers.ts';

const idleCount = 2_000;
const pipelined = 1_000;
const mib = 1024 * 1024;

describe('connections that misbehave', () => {
  before(function () {
    onlyOn(this, ['sqlite'], 'they never get as far as the store; the run on SQLite tries them');
  });
  const server = useDtmServer({ store: 'sqlite' });
  const api = useApi(server);
  const open = () => RawConnection.open(server().port);
  const head = (line: string, ...headers: string[]) => [line, 'Host: localhost', ...headers, '', ''].join('\r\n');
  const login = (...headers: string[]) =>
    head('POST /auth/login HTTP/1.1', 'Content-Type: application/json', ...headers);

  /** Runs what is given, and bounds by how much the server grew, where that can be measured. */
  async function growth(mostMiB: number, work: () => Promise<void>): Promise<void> {
    const before = await residentMiB(server().process.pid);
    await work();
    const after = await residentMiB(server().process.pid);
    if (before === undefined || after === undefined) return console.log('      memory not measured: no /proc here');
    console.log(`      memory of the server: ${before} MiB before, ${after} MiB after`);
    assert.ok(after - before < mostMiB, `more than ${mostMiB} MiB more`);
  }

  it('are closed when their headers or bodies come byte by byte, or nothing comes at all', async () => {
    const [headers, body, silent] = [await open(), await open(), await open()];
    headers.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    body.write(`${login('Content-Length: 1000')}{`);
    const [headersMs, bodyMs, silentMs] = await Promise.all([
      headers.trickle('x', 1_000),
      body.trickle(' ', 1_000),
      silent.trickle('', 1_000),
    ]);
    for (const [answer, method, path] of [
      [headers.received, 'GET', '/'],
      [body.received, 'POST', '/auth/login'],
    ] as const) {
      assert.match(answer, /^HTTP\/1\.1 408 [\s\S]+\r\nx-request-id: \w+\r\n[\s\S]+"type":"\/problems\/bad-request"/);
      noteAnswer(method, path, 408, answer);
    }
    console.log(
      `      closed after ${[headersMs, bodyMs, silentMs].map((ms) => `${(ms / 1_000).toFixed(0)} s`).join(', ')}`,
    );
    assert.ok(headersMs < 20_000 && silentMs < 20_000, 'headers may take 10 s');
    assert.ok(bodyMs < 40_000, 'a request may take 30 s');
    assert.equal((await api().get('/api/v1/tasks')).status, 200);
  }).timeout(60_000);

  it('with too large headers get 431', async () => {
    const connection = await open();
    connection.write(head('GET / HTTP/1.1', `X-Large: ${'x'.repeat(100_000)}`));
    assert.deepEqual(await connection.statuses(1), [431]);
    noteAnswer('GET', '/', 431, connection.received);
    connection.close();
  });

  it('with a body without end get 413, and are closed', async () => {
    const connection = await open();
    connection.write(login('Transfer-Encoding: chunked'));
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    let sent = 0;
    await growth(150, async () => {
      for (; connection.isOpen && sent < 500 * mib; sent += chunk.length) {
        if (!connection.write(chunk)) await connection.drained();
      }
    });
    assert.deepEqual(await connection.statuses(1), [413]);
    assert.equal(connection.isOpen, false, 'still takes more');
    console.log(`      closed after ${Math.round(sent / mib)} MiB`);
  });

  it('with many requests at once on one of them get every answer, in order', async () => {
    const connection = await open();
    const requests = Array.from({ length: pipelined }, (_, index) =>
      head('GET / HTTP/1.1', `X-Request-Id: r-${index}`),
    );
    connection.write(requests.join(''));
    const statuses = await connection.statuses(pipelined);
    assert.deepEqual(statuses, Array<number>(pipelined).fill(200));
    const ids = [...connection.received.matchAll(/^x-request-id: r-(\d+)/gm)].map(([, id]) => Number(id));
    assert.deepEqual(
      ids,
      Array.from({ length: pipelined }, (_, index) => index),
    );
    connection.close();
  });

  it(`do not keep the server from answering: ${idleCount} that are idle`, async () => {
    const idle: RawConnection[] = [];
    await growth(150, async () => {
      for (let count = 0; count < idleCount; count += 100) {
        idle.push(...(await Promise.all(Array.from({ length: 100 }, open))));
      }
      for (const connection of idle) connection.write(head('GET /health/live HTTP/1.1'));
      for (const connection of idle) assert.deepEqual(await connection.statuses(1), [200]);
      const started = performance.now();
      for (let count = 0; count < 50; count++) assert.equal((await api().get('/api/v1/tasks')).status, 200);
      console.log(`      ${((performance.now() - started) / 50).toFixed(1)} ms for each request beside them`);
    });
    assert.equal(idle.filter((connection) => connection.isOpen).length, idleCount);
    for (const connection of idle) connection.close();
    assert.equal((await api().get('/health')).body.status, 'healthy');
  });
});
