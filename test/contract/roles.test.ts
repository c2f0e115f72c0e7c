import assert from 'node:assert/strict';
import type { Role } from '../../src/api/auth.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { addUser, signInAs } from './accounts.ts';
import { Api, useApi } from './api.ts';
import { routeName } from './routeOf.ts';

const collections = ['projects', 'sprints', 'tasks'] as const;
const firstLetters = { projects: 'P', sprints: 'S', tasks: 'T' } as const;

/** Older clients know the same below `/api/v1`. */
const underBoth = (method: string, path: string) => [`${method} ${path}`, `${method} /api/v1${path}`];

/** Who may use each route: the least role. */
const routes: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    ...underBoth('GET', '/auth/me'),
    ...underBoth('GET', '/auth/tokens'),
    ...underBoth('POST', '/auth/tokens'),
    ...underBoth('DELETE', '/auth/tokens/x'),
    'GET /api/v1/changes',
    'GET /api/v1/events',
    'GET /api/v1/audit',
    ...collections.flatMap((name) => [`GET /api/v1/${name}`, `GET /api/v1/${name}/${firstLetters[name]}-1`]),
    ...['tasks', 'progress', 'burndown'].map((name) => `GET /api/v1/sprints/S-1/${name}`),
    'GET /api/v1/projects/P-1/summary',
  ],
  member: [
    'POST /api/v1/batch',
    'POST /api/v1/sprints/S-1/tasks',
    ...collections.flatMap((name) => {
      const one = `/api/v1/${name}/${firstLetters[name]}-1`;
      const actions = ['restore', 'transition'].map((action) => `POST ${one}/${action}`);
      return [`POST /api/v1/${name}`, `PATCH ${one}`, `PUT ${one}`, `DELETE ${one}`, ...actions];
    }),
    ...['complete', 'reopen'].map((action) => `POST /api/v1/tasks/T-1/${action}`),
    ...['start', 'complete', 'cancel'].map((action) => `POST /api/v1/sprints/S-1/${action}`),
  ],
  admin: ['GET /api/v1/users', 'POST /api/v1/users', 'PATCH /api/v1/users/x'],
};
const anId = /\/(?:[PST]-1|x)(?=\/|$)/;
const ranks: readonly Role[] = ['viewer', 'member', 'admin'];

describe('roles on every route', () => {
  const server = useDtmServer();
  const admin = useApi(server);
  const users = new Map<Role, Api>();

  before(async () => {
    for (const role of ranks) {
      await addUser(admin(), `a-${role}`, role);
      users.set(role, await signInAs(server(), `a-${role}`));
    }
  });

  it('are tried on every route that is not open to all', () => {
    const tried = ranks.flatMap((role) => routes[role].map((route) => `${role}: ${route.replace(anId, '/{id}')}`));
    const known = apiRoutes.filter((route) => route.access !== 'public');
    assert.deepEqual(tried.sort(), known.map((route) => `${route.access}: ${routeName(route)}`).sort());
  });

  for (const needed of ranks) {
    for (const route of routes[needed]) {
      it(`${route} asks for ${needed}`, async () => {
        const [method = '', path = ''] = route.split(' ');
        // Not a place in the feed: the stream of events would not end.
        const headers = { 'last-event-id': 'x' };
        const body = ['GET', 'DELETE'].includes(method) ? { headers } : { body: {} };
        const anonymous = await new Api(server().origin).call(method, path, body);
        assert.equal(anonymous.status, 401, anonymous.text);
        for (const role of ranks) {
          const { status, text } = await users.get(role)!.call(method, path, body);
          const isAllowed = ranks.indexOf(role) >= ranks.indexOf(needed);
          assert.equal(status === 403, !isAllowed, `${role}: ${status} ${text}`);
          assert.ok(![401, 405, 500].includes(status), `${role}: ${status} ${text}`);
        }
      });
    }
  }
});
