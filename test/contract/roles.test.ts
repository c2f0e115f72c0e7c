import assert from 'node:assert/strict';
import type { Role } from '../../src/api/auth.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { addUser, signInAs } from './accounts.ts';
import { Api, useApi } from './api.ts';

const collections = ['projects', 'sprints', 'tasks'] as const;
const firstLetters = { projects: 'P', sprints: 'S', tasks: 'T' } as const;

/** Who may use each route: the least role. */
const routes: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    'GET /auth/me',
    'GET /auth/tokens',
    'POST /auth/tokens',
    'DELETE /auth/tokens/x',
    'GET /api/v1/changes',
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

  for (const needed of ranks) {
    for (const route of routes[needed]) {
      it(`${route} asks for ${needed}`, async () => {
        const [method = '', path = ''] = route.split(' ');
        const body = ['GET', 'DELETE'].includes(method) ? {} : { body: {} };
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
