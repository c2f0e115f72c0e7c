import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { migrate } from '../../src/server/store/migrate.ts';
import { migrations } from '../../src/server/store/migrations.ts';
import { nodeSqliteDialect, openWriter } from '../../src/server/store/nodeSqlite.ts';
import type { Database } from '../../src/server/store/schema.ts';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { type Shell, useShell } from './cfCli.ts';
import { assertRefused } from './expectations.ts';

for (const store of ['sqlite', 'postgres'] as const) {
  describe(`cf_cli server, on ${store}`, () => {
    const shell = useShell();
    let server: DtmServer;

    beforeEach(async () => {
      server = await makeDtmServer({ store });
      await server.start();
    });
    afterEach(() => server.dispose());

    /** The administrator at a terminal of the server's machine. */
    function admin(): Shell {
      const { DTM_DATABASE_URL: url } = server.environment;
      return shell().with({ DTM_DATA_DIR: server.dataDir, ...(url === undefined ? {} : { DTM_DATABASE_URL: url }) });
    }

    async function login(
      username: string,
      password: string,
    ): Promise<{ status: number; token: string; refresh: string }> {
      const response = await fetch(`${server.origin}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      const body = (await response.json()) as { access_token: string; refresh_token: string };
      return { status: response.status, token: body.access_token, refresh: body.refresh_token };
    }
    const statusOf = async (path: string, token: string) => {
      const response = await fetch(server.origin + path, { headers: { authorization: `Bearer ${token}` } });
      await response.arrayBuffer();
      return response.status;
    };

    it('adds users beside the running server, with a password of theirs or one that is shown once', async () => {
      const cf = admin();
      const given = await cf.run(['server', 'user', 'add', 'ada', '--role', 'viewer', '--password-stdin'], {
        input: 'a password for ada\n',
      });
      assert.equal(given.code, 0, given.stderr);
      assert.equal((await login('ada', 'a password for ada')).status, 200);
      const made = (await cf.ok('server', 'user', 'add', 'ben', '--json')).json();
      assert.deepEqual(
        [made.kind, made.source, made.item.role, made.item.disabled],
        ['user', 'database', 'member', false],
      );
      assert.equal((await login('ben', String(made.item.password))).status, 200);

      const { items, total } = (await cf.ok('server', 'user', 'list', '--json')).json();
      assert.equal(total, 3);
      assert.deepEqual(
        items.map(({ username, role }) => [username, role]),
        [
          ['ada', 'viewer'],
          ['admin', 'admin'],
          ['ben', 'member'],
        ],
      );
      assert.ok(!JSON.stringify(items).includes('password'));
      assert.match((await cf.ok('server', 'user', 'list')).stdout, /NAME +ROLE +STATE[\s\S]+ada +viewer +active/);
    });

    it('makes no request of the running server fail while it writes', async () => {
      const { token } = await login(server.username, server.password);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const statuses: number[] = [];
      let isDone = false;
      const writing = Array.from({ length: 4 }, async () => {
        while (!isDone) {
          const body = JSON.stringify({ name: 'Under load' });
          const response = await fetch(`${server.origin}/api/v1/projects`, { method: 'POST', headers, body });
          await response.arrayBuffer();
          statuses.push(response.status);
        }
      });
      const cf = admin();
      await Promise.all(['a', 'b', 'c'].map((name) => cf.ok('server', 'user', 'add', name)));
      isDone = true;
      await Promise.all(writing);
      assert.deepEqual([...new Set(statuses)], [201]);
      assert.ok(statuses.length > 20);
    });

    it('gives another password, switches accounts off and on; sessions end at once', async () => {
      const cf = admin();
      const first = String((await cf.ok('server', 'user', 'add', 'eve', '--json')).json().item.password);
      const before = await login('eve', first);
      assert.equal(await statusOf('/auth/me', before.token), 200);
      const changed = await cf.ok('server', 'user', 'passwd', 'eve');
      const second = /shown only this once\): (\S+)/.exec(changed.stdout)?.[1] ?? '';
      assert.equal(await statusOf('/auth/me', before.token), 401);
      assert.deepEqual([(await login('eve', first)).status, (await login('eve', second)).status], [401, 200]);

      const { token } = await login('eve', second);
      await cf.ok('server', 'user', 'disable', 'eve');
      assert.deepEqual([await statusOf('/auth/me', token), (await login('eve', second)).status], [401, 401]);
      await cf.ok('server', 'user', 'enable', 'eve');
      assert.equal((await login('eve', second)).status, 200);
    });

    it('refuses what cannot be, and says why', async () => {
      const cf = admin();
      const run = (...args: string[]) => cf.run(['server', 'user', ...args]);
      assertRefused(await run('add', 'admin'), 76, /already a user admin/, /another name/);
      assertRefused(await run('add', 'x', '--role', 'king'), 65, /role/, /Correct/);
      assertRefused(await run('add', ''), 65, /username/, /Correct/);
      assertRefused(await run('add'), 64, /missing required argument 'name'/, /--help/);
      assertRefused(await run('passwd', 'nobody'), 66, /no user nobody/, /user list/);
      assertRefused(await run('disable', 'admin'), 76, /last administrator/, /another user/);
      assertRefused(await run('add', 'x', '--quiet'), 64, /would be lost/, /--password-stdin/);
      const short = await cf.run(['server', 'user', 'passwd', 'admin', '--password-stdin'], { input: 'short\n' });
      assertRefused(short, 65, /password/, /Correct/);
      assert.equal((await login(server.username, server.password)).status, 200);
    });

    it('changes the signing key of a running server, which takes it within seconds; nobody is signed out', async () => {
      const cf = admin();
      const kidOf = (token: string) =>
        (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
      const old = await login(server.username, server.password);
      const { item } = (await cf.ok('server', 'rotate-keys', '--json')).json<{
        item: { signs: string; valid: string[] };
      }>();
      assert.deepEqual(item.valid, [item.signs, kidOf(old.token)]);
      for (const start = Date.now(); ; await setTimeout(200)) {
        if (kidOf((await login(server.username, server.password)).token) === item.signs) break;
        assert.ok(Date.now() - start < 8_000, 'the server signs with the new key within seconds');
      }
      assert.equal(await statusOf('/auth/me', old.token), 200);
      const keys = (await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()) as {
        keys: { kid: string }[];
      };
      assert.deepEqual(
        keys.keys.map(({ kid }) => kid),
        item.valid,
      );

      await cf.ok('server', 'rotate-keys');
      for (const start = Date.now(); (await statusOf('/auth/me', old.token)) === 200; await setTimeout(200)) {
        assert.ok(Date.now() - start < 8_000, 'the server forgets the key before the last one within seconds');
      }
      const refreshed = await fetch(`${server.origin}/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh_token: old.refresh }),
      });
      assert.equal(refreshed.status, 200);
    });

    it('backs up and restores, and a workspace that was bound loses nothing that it had seen', async () => {
      const cf = admin();
      const ada = shell().with({ DTM_TOKEN: (await login(server.username, server.password)).token });
      await ada.ok('bind', server.origin);
      await ada.ok('project', 'create', 'Website');
      const before = await ada.id('task', 'create', 'Before the backup', '--require-sync');
      const file = join(shell().stateHome, 'backup');
      const { item } = (await cf.ok('server', 'backup', file, '--json')).json();
      const { tasks, projects } = item.rows as Readonly<Record<string, number>>;
      assert.deepEqual(
        [item.file, item.engine, tasks, projects],
        [file, store === 'sqlite' ? 'sqlite' : 'postgresql', 1, 1],
      );
      assertRefused(await cf.run(['server', 'backup', file]), 73, /already a file/, /--force/);
      assert.equal((await cf.ok('server', 'backup', file, '--force', '--quiet')).stdout, `${file}\n`);
      const after = await ada.id('task', 'create', 'After the backup', '--require-sync');

      assertRefused(await cf.run(['server', 'restore', file, '--yes']), 69, /DTM server is running/, /top/);
      await server.stop();
      assertRefused(await cf.run(['server', 'restore', file]), 64, /needs a yes/, /--yes/);
      const restored = await cf.ok('server', 'restore', file, '--yes');
      assert.match(restored.stdout, /^restored 1 project, 0 sprints, 1 task, 1 user of 2.+; what was .+ is kept in .+/);
      await server.start();

      await ada.ok('sync', 'run');
      const { items } = (await ada.ok('task', 'list', '--require-online', '--json')).json();
      assert.deepEqual(items.map(({ id }) => id).sort(), [before, after].sort());
    });

    it('says that a database is up to date', async () => {
      const cf = admin();
      assert.deepEqual((await cf.ok('server', 'migrate', '--check', '--json')).json().item, {
        pending: [],
        applied: [],
      });
      await server.stop();
      assert.match((await cf.ok('server', 'migrate')).stdout, /up to date/);
    });
  });
}

describe('cf_cli server, on a data folder', () => {
  const shell = useShell();

  /** What a server of an earlier version left behind. */
  async function makeOlderDatabase(folder: string): Promise<void> {
    const db = new Kysely<Database>({ dialect: nodeSqliteDialect(openWriter(join(folder, 'dtm.sqlite'))) });
    await migrate(db, Object.fromEntries(Object.entries(migrations).slice(0, 2)));
    await db.destroy();
  }

  it('runs the migrations that an older database needs, and says which', async () => {
    const folder = shell().stateHome;
    const cf = shell().with({ DTM_DATA_DIR: folder });
    await makeOlderDatabase(folder);
    const pending = Object.keys(migrations).slice(2);
    const check = await cf.run(['server', 'migrate', '--check', '--json']);
    assert.deepEqual([check.code, check.json().item], [65, { pending, applied: [] }]);
    assertRefused(await cf.run(['server', 'user', 'list']), 78, /older schema \(0003_audit/, /cf_cli server migrate/);
    assert.deepEqual((await cf.ok('server', 'migrate', '--json')).json().item, { pending: [], applied: pending });
    assert.equal((await cf.run(['server', 'migrate', '--check'])).code, 0);
    assert.equal((await cf.ok('server', 'user', 'list', '--json')).json().total, 0);
  });

  it('does not migrate under a running server', async () => {
    const server = await makeDtmServer({ store: 'sqlite' });
    try {
      await server.start();
      const cf = shell().with({ DTM_DATA_DIR: server.dataDir });
      assertRefused(await cf.run(['server', 'migrate']), 69, /another DTM server is running/, /stop it/);
      assert.equal((await cf.run(['server', 'migrate', '--check'])).code, 0);
    } finally {
      await server.dispose();
    }
  });

  it('refuses a file that is no backup, and makes no database for it', async () => {
    const folder = join(shell().stateHome, 'new');
    const file = join(shell().stateHome, 'file');
    const restore = () => shell().run(['server', 'restore', file, '--yes', '--data-dir', folder, '--json']);
    const missing = await restore();
    assert.deepEqual([missing.code, missing.json().error.code], [66, 'cannot-read']);
    await writeFile(file, 'no backup');
    const foreign = await restore();
    assert.deepEqual([foreign.code, foreign.json().error.code], [65, 'damaged-file']);
    assert.equal(existsSync(folder), false);
  });

  it('makes no database where there is none', async () => {
    const folder = join(shell().stateHome, 'missing');
    for (const args of [['user', 'list'], ['user', 'add', 'x'], ['rotate-keys'], ['migrate'], ['migrate', '--check']]) {
      const result = await shell().run(['server', ...args, '--data-dir', folder]);
      assertRefused(result, 66, /no DTM database in .+missing/, /--data-dir/);
    }
    assert.equal(existsSync(folder), false);
  });

  it('says what is wrong with its settings, and reads .env files only where it is told to', async () => {
    const { workspace } = shell();
    await writeFile(join(workspace, '.env'), 'DTM_DATABASE_URL=mysql://secret@evil/x\n');
    assertRefused(await shell().run(['server', 'user', 'list']), 66, /no DTM database/, /--data-dir/);
    const asked = await shell().run(['server', 'user', 'list', '--env-file-dir', '.']);
    assertRefused(asked, 78, /settings are not valid/, /Correct/);
    assert.match(asked.stderr, /DTM_DATABASE_URL: must be postgres:.+\(set in .+\.env\)/);
    assert.ok(!asked.stderr.includes('secret'));
  });
});

describe('cf_cli serve', () => {
  const shell = useShell();

  it('is not steered by the .env files of the folder that a terminal happens to be in', async () => {
    const { workspace, stateHome } = shell();
    await writeFile(join(workspace, '.env'), 'DTM_ADMIN_PASSWORD=known to a stranger\nDTM_DATA_DIR=stolen\n');
    const child = await shell().start(['serve', '--port', '0']);
    try {
      const line = await child.waitForLine(/^DTM API listening on /);
      const response = await fetch(`${line.replace('DTM API listening on ', '')}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: 'known to a stranger' }),
      });
      assert.equal(response.status, 401);
      assert.equal(existsSync(join(workspace, 'stolen')), false);
      assert.equal(existsSync(join(stateHome, 'server/dtm.sqlite')), true);
    } finally {
      await child.stop('SIGTERM', 15_000);
    }
  });
});
