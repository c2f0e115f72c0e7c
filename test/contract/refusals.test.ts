import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { isWrite } from '../../src/api/openapiHeaders.ts';
import { type ApiRoute, apiRoutes } from '../../src/api/routes.ts';
import { startDtmServer, useDtmServer } from '../support/dtmServer.ts';
import { type Answer, Api, type Body, type CallOptions, signIn, useApi } from './api.ts';
import { routeName } from './routeOf.ts';

const withBody = apiRoutes.filter((route) => route.body !== undefined);
const withQuery = apiRoutes.filter((route) => route.query !== undefined);
const withId = apiRoutes.filter((route) => route.path.includes('{id}'));
const withMatch = apiRoutes.filter((route) => route.headers?.includes('If-Match'));
const writes = apiRoutes.filter(isWrite);
const signedIn = apiRoutes.filter((route) => route.access !== 'public');

/** A body that is enough for the route to look at the entity. */
const enough: Readonly<Record<string, unknown>> = { transition: { status: 'new' }, tasks: { add: [] } };
const kinds: Readonly<Record<string, string>> = { projects: 'P-R', sprints: 'S-R', tasks: 'T-R' };

describe('what every route refuses', () => {
  const server = useDtmServer();
  const api = useApi(server);

  before(async () => {
    await api().make('projects', { id: 'P-R', name: 'Refusing' });
    await api().make('sprints', { id: 'S-R', project_id: 'P-R', name: 'Refusing' });
    await api().make('tasks', { id: 'T-R', project_id: 'P-R', title: 'Refusing' });
  });

  const send = (route: ApiRoute, options: CallOptions, id = 'X-NONE', query = '') =>
    api().call(route.method.toUpperCase(), route.path.replace('{id}', id) + query, options);
  function assertProblem({ status, body, text }: Answer, expected: number, slug: string): void {
    assert.equal(status, expected, text);
    assert.equal(body.type, `/problems/${slug}`);
  }

  for (const route of withBody) {
    it(`${routeName(route)} refuses bodies that cannot be read`, async () => {
      assertProblem(await send(route, { raw: '{"a":' }), 400, 'bad-request');
      assertProblem(
        await send(route, { raw: '{}', headers: { 'content-type': 'text/plain' } }),
        415,
        'unsupported-media-type',
      );
      assertProblem(await send(route, { body: { unknown: 'x'.repeat(10_000_000) } }), 413, 'too-large');
    });
  }

  it('a field that is none', async () => {
    for (const route of withBody) {
      const id = kinds[route.path.split('/')[3] ?? ''] ?? (await userOrToken(route));
      assertProblem(await send(route, { body: { unknown: 1 } }, id), 422, 'validation');
    }
  });

  it('a parameter that is none', async () => {
    for (const route of withQuery) {
      assertProblem(await send(route, {}, kinds[route.path.split('/')[3] ?? ''], '?unknown=1'), 422, 'validation');
    }
  });

  it('an id that nothing has', async () => {
    for (const route of withId) {
      const body = route.body ? { body: enough[route.path.split('/').at(-1) ?? ''] ?? {} } : {};
      assertProblem(await send(route, body), 404, 'not-found');
    }
  });

  it('a version that is not current', async () => {
    for (const route of withMatch) {
      const [, , , collection = '', , action = ''] = route.path.split('/');
      const options = { ...(route.body ? { body: enough[action] ?? {} } : {}), headers: { 'if-match': '"99"' } };
      const answer = await send(route, options, kinds[collection]);
      assertProblem(answer, 412, 'version-mismatch');
      assert.equal((answer.body.current as Body).id, kinds[collection]);
    }
  });

  it('to send again what has not changed', async () => {
    for (const route of apiRoutes.filter(({ headers }) => headers?.includes('If-None-Match'))) {
      const answer = await send(route, { headers: { 'if-none-match': '"1"' } }, kinds[route.path.split('/')[3] ?? '']);
      assert.deepEqual([answer.status, answer.text, answer.headers.get('etag')], [304, '', '"1"'], routeName(route));
    }
  });

  it('an idempotency key that is none, or was used for something else', async () => {
    await api().call('POST', '/api/v1/projects', { body: { name: 'Keyed' }, headers: { 'idempotency-key': 'used' } });
    for (const route of writes) {
      const body = route.body ? { body: {} } : {};
      assertProblem(await send(route, { ...body, headers: { 'idempotency-key': '' } }), 422, 'validation');
      assertProblem(
        await send(route, { ...body, headers: { 'idempotency-key': 'used' } }),
        422,
        'idempotency-mismatch',
      );
    }
  });

  it('a method that it does not have', async () => {
    for (const { path } of apiRoutes) {
      const known = apiRoutes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !known.includes(each))) {
        const answer = await api().call(method, path.replace('{id}', 'X-NONE'));
        assertProblem(answer, 405, 'method-not-allowed');
        const allowed = (answer.headers.get('allow') ?? '').split(', ').filter((each) => each !== 'HEAD');
        assert.deepEqual(allowed, known.sort());
      }
    }
  });

  /** The id of a user; of tokens a route takes no body. */
  async function userOrToken({ path }: ApiRoute): Promise<string> {
    if (!path.includes('/users/')) return 'X-NONE';
    return (await api().must('GET', '/api/v1/users')).items[0]?.id ?? '';
  }
});

describe('an access token that has expired', () => {
  it('is told on every route that asks for one', async () => {
    const server = await startDtmServer({ env: { DTM_ACCESS_TOKEN_TTL_S: '1' } });
    try {
      const api = await signIn(server);
      await setTimeout(1_100);
      for (const route of signedIn) {
        const { status, body } = await api.call(route.method.toUpperCase(), route.path.replace('{id}', 'X-NONE'));
        assert.equal(status, 401, routeName(route));
        assert.equal(body.type, '/problems/token-expired');
      }
      assert.equal((await new Api(server.origin).get('/api/v1/tasks')).body.type, '/problems/unauthenticated');
    } finally {
      await server.dispose();
    }
  });
});
