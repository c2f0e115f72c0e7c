import assert from 'node:assert/strict';
import { request } from 'node:http';
import { healthAnswer, rootAnswer } from '../../src/api/service.ts';
import { parseDataset } from '../../src/api/sync.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { testStore } from '../support/testStore.ts';
import { Api } from './api.ts';

/** `fetch` sets `Host` itself. */
function statusWithHost(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/', headers: { host }, agent: false };
    const call = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject).end();
  });
}

describe('service routes', () => {
  const server = useDtmServer();
  const api = () => new Api(server().origin);

  it('says who it is without a token', async () => {
    const { status, body } = await api().get('/');
    assert.equal(status, 200);
    const root = rootAnswer.parse(body);
    assert.equal(root.name, 'DTM API');
    assert.deepEqual(root.api, ['v1']);
  });

  for (const path of ['/health', '/health/ready', '/healthz', '/api/health', '/api/v1/health', '/health/']) {
    it(`tells on ${path} that it is well`, async () => {
      const { status, body } = await api().get(path);
      assert.equal(status, 200);
      const health = healthAnswer.parse(body);
      assert.equal(health.checks.database.status, 'healthy');
      assert.equal(health.checks.database.engine, testStore() === 'sqlite' ? 'sqlite' : 'postgresql');
    });
  }

  it('is alive', async () => {
    assert.equal((await api().get('/health/live')).status, 200);
  });

  it('names the data and the request on every answer, also on errors', async () => {
    const wanted = ['/', '/health', '/api/v1/tasks', '/no/such/route'];
    for (const path of wanted) {
      const { headers } = await api().get(path, { 'x-request-id': 'my-request.1' });
      assert.equal(headers.get('x-request-id'), 'my-request.1', path);
      assert.match(headers.get('dtm-server') ?? '', /^[0-9a-f-]{36}$/, path);
      assert.equal(parseDataset(headers.get('dtm-dataset') ?? '')?.epoch, 1, path);
      assert.match(headers.get('server-timing') ?? '', /dur=/, path);
    }
  });

  it('does not take over a request id that is not sane', async () => {
    const { headers } = await api().get('/', { 'x-request-id': 'a b<script>' });
    assert.match(headers.get('x-request-id') ?? '', /^[0-9A-Z]{26}$/);
  });

  it('answers an unknown route with a problem', async () => {
    const { status, headers, body } = await api().get('/no/such/route');
    assert.equal(status, 404);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(body.type, '/problems/not-found');
    assert.equal(body.status, 404);
    assert.equal(body.instance, '/no/such/route');
    assert.equal(body.request_id, headers.get('x-request-id'));
  });

  it('answers a wrong method with 405 and what is allowed', async () => {
    const { status, headers, body } = await api().call('PATCH', '/api/v1/tasks', { body: {} });
    assert.equal(status, 405);
    assert.equal(headers.get('allow'), 'GET, HEAD, POST');
    assert.equal(body.type, '/problems/method-not-allowed');
  });

  it('refuses a Host that is not its own (DNS rebinding)', async () => {
    const { port } = server();
    assert.equal(await statusWithHost(port, 'evil.example'), 403);
    assert.equal(await statusWithHost(port, `evil.example:${port}`), 403);
    assert.equal(await statusWithHost(port, '192.0.2.1'), 403);
    for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', `127.0.0.1:${port}`, '[::1]:9999']) {
      assert.equal(await statusWithHost(port, host), 200, host);
    }
  });

  it('lets no page of another origin read its answers', async () => {
    const { headers } = await api().get('/', { origin: 'https://evil.example' });
    assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
  });
});
