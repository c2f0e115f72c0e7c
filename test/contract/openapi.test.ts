import assert from 'node:assert/strict';
import { apiRoutes } from '../../src/api/routes.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { Api } from './api.ts';

describe('the description of the API', () => {
  const server = useDtmServer();
  const api = () => new Api(server().origin);

  it('is served without a token', async () => {
    const { status, headers, body } = await api().get('/openapi.json');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(body.openapi, '3.1.0');
  });

  it('is a page that asks for nothing else and runs no script', async () => {
    const { status, headers, text } = await api().get('/docs');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
    assert.ok(!/<script|src=|https?:\/\/(?!json-schema)/.test(text));
    for (const { path } of apiRoutes) assert.ok(text.includes(`${path}<`), path);
  });

  it('says truly which routes need a sign-in', async () => {
    for (const { method, path, access } of apiRoutes.filter((route) => route.method === 'get')) {
      const { status } = await api().call(method, path.replace('{id}', 'X-1'));
      assert.equal(status === 401, access !== 'public', `${method} ${path} answered ${status}`);
    }
  });
});
