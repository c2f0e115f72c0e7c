import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { api, call, seed, task } from './client.ts';

describe('TaskMan-v2 emulator: on the wire', () => {
  let taskman: Taskman;
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'sqlite' });
  });
  afterEach(() => taskman.stop());

  it('25: every answer has a request id (the one that was sent) and a time', async () => {
    await seed(taskman, [task('T-1')]);
    const requests = [
      ['GET', '/health'],
      ['GET', '/nowhere'],
      ['PATCH', `${api}/projects/P-1`],
      ['GET', `${api}/tasks/`],
      ['DELETE', `${api}/tasks/T-1`],
    ];
    for (const [method = '', path = ''] of requests) {
      const { headers } = await call(taskman, method, path, undefined, { 'x-request-id': 'mine' });
      assert.equal(headers.get('x-request-id'), 'mine', path);
      assert.match(headers.get('x-response-time') ?? '', /^\d+\.\d\dms$/, path);
    }
    assert.match((await call(taskman, 'GET', '/')).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  });

  it('25: a crash has neither, no CORS headers, and ends the connection', async () => {
    const { status, headers, json } = await call(taskman, 'GET', `${api}/qse/gates`, undefined, { origin: 'http://a' });
    assert.deepEqual([status, json], [500, { detail: 'Internal server error', status_code: 500 }]);
    for (const name of ['x-request-id', 'x-response-time', 'access-control-allow-origin', 'connection']) {
      assert.equal(headers.get(name), null, name);
    }
    const answer = await untilClosed('GET', `${api}/context/x`);
    assert.match(answer, /^HTTP\/1\.1 500 /);
    assert.match(answer, /"status_code":500\}$/);
  });

  it('other answers leave the connection open without saying so', async () => {
    const socket = connect(new URL(taskman.origin).port as unknown as number, '127.0.0.1');
    socket.setEncoding('utf8').write(`${'GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2)}`);
    let text = '';
    while (text.split('"operational"').length < 3) text += String((await once(socket, 'data'))[0]);
    assert.doesNotMatch(text, /connection:/i);
    socket.destroy();
  });

  for (const path of ['checklists', 'plans', 'conversations']) {
    it(`a delete of ${path} is 204, then the connection ends; the row is gone`, async () => {
      await call(taskman, 'POST', `${api}/${path}`, { id: 'x', title: 't' });
      const answer = await untilClosed('DELETE', `${api}/${path}/x`);
      assert.match(answer, /^HTTP\/1\.1 204 /);
      assert.match(answer, /x-request-id/);
      assert.equal((await call(taskman, 'GET', `${api}/${path}/x`)).status, 404);
    });
  }

  it('a trailing slash is redirected to an absolute address, with the query', async () => {
    const { status, headers, text } = await call(taskman, 'POST', `${api}/tasks/?a=b`, task('T-1'));
    assert.deepEqual([status, headers.get('location'), text], [307, `${taskman.origin}${api}/tasks?a=b`, '']);
    assert.equal((await call(taskman, 'GET', '/nowhere/')).status, 404);
  });

  it('HEAD and unknown methods are 405, unknown paths 404, and nothing asks for a token', async () => {
    assert.equal((await call(taskman, 'HEAD', `${api}/tasks`)).status, 405);
    assert.deepEqual((await call(taskman, 'PUT', '/health')).json, { detail: 'Method Not Allowed' });
    for (const path of ['/auth/login', `${api}/auth/login`, `${api}/health`, '/healthz', '/ready', '/api/context']) {
      const { status, json } = await call(taskman, 'GET', path);
      assert.deepEqual([status, json], [404, { detail: 'Not Found' }], path);
    }
    assert.equal((await call(taskman, 'GET', `${api}/tasks`, undefined, { authorization: 'Bearer x' })).status, 200);
  });

  it('reads a body by its content type', async () => {
    const statusOf = async (body: string | Uint8Array<ArrayBuffer>, type: string) => {
      const headers = { 'content-type': type };
      return (await fetch(`${taskman.origin}${api}/projects`, { method: 'POST', body, headers })).status;
    };
    const body = (id: string) => JSON.stringify({ id, name: 'n' });
    assert.equal(await statusOf(body('P-a'), 'application/json; charset=utf-8'), 201);
    assert.equal(await statusOf(body('P-b'), 'application/vnd.api+json'), 201);
    assert.equal(await statusOf(`\ufeff${body('P-c')}`, 'APPLICATION/JSON'), 201);
    assert.equal(await statusOf(body('P-d'), 'application/x-www-form-urlencoded'), 422);
    assert.equal(await statusOf(new Uint8Array([0x22, 0xff, 0x22]), 'application/json'), 400);
    assert.equal(await statusOf(new Uint8Array([0xff]), 'text/plain'), 500);
  });

  it('phases, context, QSE and the agent are broken; unknown entities and phases are problems', async () => {
    await seed(taskman, [task('T-1')]);
    const statusOf = async (method: string, path: string) => (await call(taskman, method, `${api}/${path}`)).status;
    for (const path of [
      'phases/task/T-1',
      'phases/task/T-1/summary',
      'phases/blocked',
      'context/x',
      'context/tree',
      'qse/evidence',
    ]) {
      assert.equal(await statusOf('GET', path), 500, path);
    }
    assert.equal(await statusOf('POST', 'agent/chat'), 500);
    assert.equal(await statusOf('GET', 'phases/task/T-x'), 404);
    assert.equal(await statusOf('GET', 'phases/task/search?phase_name=x'), 404);
    assert.equal(await statusOf('GET', 'phases/bogus/T-1'), 422);
    assert.equal(await statusOf('POST', 'phases/task/T-1/bogus/start'), 422);
    assert.equal(await statusOf('POST', 'phases/task/T-1/advance'), 500);
    assert.equal(await statusOf('GET', 'diagnostic/debug/error-test'), 200);
  });

  it('23: of the phase rules only the names can be seen: a phase that the entity does not have is 422', async () => {
    await seed(taskman, [task('T-1')]);
    const phases = {
      task: ['research', 'planning', 'implementation', 'testing'],
      sprint: ['planning', 'implementation'],
    };
    for (const [type, names] of Object.entries({ ...phases, project: ['research', 'planning'] })) {
      const refused = await call(taskman, 'POST', `${api}/phases/${type}/x/bogus/start`);
      const valid = `['${names.join("', '")}']`;
      assert.equal(refused.json.detail, `Invalid phase 'bogus' for ${type}. Valid phases: ${valid}`);
      for (const name of names) {
        assert.equal((await call(taskman, 'POST', `${api}/phases/${type}/x/${name}/start`)).status, 404);
      }
    }
  });

  it('CORS: any origin for simple requests, the origin itself in a preflight', async () => {
    const origin = 'http://page';
    const simple = await call(taskman, 'GET', '/', undefined, { origin });
    assert.equal(simple.headers.get('access-control-allow-origin'), '*');
    assert.equal(simple.headers.get('access-control-allow-credentials'), 'true');
    assert.equal((await call(taskman, 'GET', '/')).headers.get('access-control-allow-origin'), null);
    const answer = await exchange(
      `OPTIONS ${api}/tasks HTTP/1.1\r\nhost: x\r\norigin: ${origin}\r\naccess-control-request-method: PATCH\r\nconnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /access-control-allow-origin: http:\/\/page\r\n/);
  });

  it('never sends what clients of other back ends look for', async () => {
    await seed(taskman);
    const { headers } = await call(taskman, 'POST', `${api}/tasks`, task('T-1'));
    for (const name of ['etag', 'last-modified', 'location', 'retry-after', 'x-ratelimit-limit', 'www-authenticate']) {
      assert.equal(headers.get(name), null, name);
    }
  });

  /** The answer on a connection that the back end then ends by itself, long before it would be idle for too long. */
  async function untilClosed(method: string, path: string): Promise<string> {
    const start = performance.now();
    const answer = await exchange(`${method} ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    assert.ok(performance.now() - start < 2000, 'the connection ended only when it was idle');
    return answer;
  }

  /** Everything that comes back until the other side ends the connection. */
  async function exchange(request: string): Promise<string> {
    const socket = connect(Number(new URL(taskman.origin).port), '127.0.0.1');
    socket.setEncoding('utf8').write(request);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  }
});
