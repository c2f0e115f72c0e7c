import assert from 'node:assert/strict';
import type { Role } from '../../../src/api/auth.ts';
import { Passwords } from '../../../src/server/auth/passwords.ts';
import { type RunningServer, startServer } from '../../../src/server/server.ts';
import { readSettings } from '../../../src/server/settings.ts';
import { openSqliteStore } from '../../../src/server/store/sqliteStore.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../support/temporary.ts';

describe('roles', () => {
  let server: RunningServer;
  let folder: string;
  const tokens = new Map<Role, string>();

  before(async () => {
    folder = await makeTemporaryFolder('roles');
    const env = { DTM_PORT: '0', DTM_STATE_HOME: folder, DTM_LOG_LEVEL: 'silent', DTM_ADMIN_PASSWORD: 'password' };
    const settings = readSettings({ env, platform: process.platform, home: folder });
    await addUsers(settings.dataDir);
    server = await startServer(settings);
    for (const role of ['viewer', 'member', 'admin'] as const) {
      const answer = await send('POST', '/auth/login', { username: role, password: 'password' });
      tokens.set(role, ((await answer.json()) as { access_token: string }).access_token);
    }
  });

  after(async () => {
    await server?.stop();
    await removeTemporaryFolder(folder);
  });

  async function addUsers(dataDir: string): Promise<void> {
    const store = await openSqliteStore(dataDir);
    const passwordHash = await new Passwords().hash('password');
    for (const role of ['viewer', 'member', 'admin'] as const) {
      const user = { id: `id-${role}`, username: role, role, passwordHash };
      await store.write((tx) => tx.accounts.addUser(user, '2026-01-01T00:00:00.000Z'));
    }
    await store.close();
  }

  function send(method: string, path: string, body?: object, role?: Role): Promise<Response> {
    const token = role && tokens.get(role);
    const headers = {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return fetch(server.origin + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  }

  it('let a viewer read everything and write nothing', async () => {
    for (const path of ['/api/v1/projects', '/api/v1/tasks', '/api/v1/changes', '/auth/me']) {
      assert.equal((await send('GET', path, undefined, 'viewer')).status, 200, path);
    }
    const writes = [
      ['POST', '/api/v1/projects', { name: 'x' }],
      ['PATCH', '/api/v1/tasks/T-1', { title: 'x' }],
      ['PUT', '/api/v1/tasks/T-1', { title: 'x' }],
      ['DELETE', '/api/v1/tasks/T-1', undefined],
      ['POST', '/api/v1/tasks/T-1/restore', undefined],
      ['POST', '/api/v1/batch', { operations: [{}] }],
    ] as const;
    for (const [method, path, body] of writes) {
      const answer = await send(method, path, body, 'viewer');
      assert.equal(answer.status, 403, `${method} ${path}`);
      const problem = (await answer.json()) as { type: string; detail: string };
      assert.equal(problem.type, '/problems/forbidden');
      assert.match(problem.detail, /needs the role member/);
    }
  });

  it('let members and administrators write', async () => {
    for (const role of ['member', 'admin'] as const) {
      const answer = await send('POST', '/api/v1/projects', { name: role }, role);
      assert.equal(answer.status, 201);
      assert.equal(((await answer.json()) as { created_by: string }).created_by, role);
    }
  });

  it('do not make a second administrator where there is one', async () => {
    assert.equal(server.madeUpPassword, undefined);
    assert.equal((await send('GET', '/auth/me', undefined, 'admin')).status, 200);
  });
});
