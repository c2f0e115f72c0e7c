import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { useDtmServer } from '../support/dtmServer.ts';
import { runProcess } from '../support/processes.ts';
import { bundle, useShell } from './cfCli.ts';
import { assertNoStack, assertRefused } from './expectations.ts';

describe('cf_cli: bad input', () => {
  const shell = useShell();

  it('refuses titles of 0 and of 501 characters, and takes one of 500', async () => {
    const cf = shell();
    await cf.ok('project', 'create', 'Website');
    assertRefused(await cf.run(['task', 'create', '']), 65, /title must not be empty/, /Correct/);
    const tooLong = await cf.run(['task', 'create', 'x'.repeat(501)]);
    assertRefused(tooLong, 65, /title must be at most 500 characters/, /Correct/);
    await cf.ok('task', 'create', 'x'.repeat(500));
  });

  it('refuses an unknown status, naming the known ones', async () => {
    const cf = shell();
    const id = await cf.id('task', 'create', 'A');
    const known = /Choose one of: new, ready, active/;
    assertRefused(await cf.run(['task', 'create', 'B', '--status', 'finished']), 65, /no status finished/, known);
    assertRefused(await cf.run(['task', 'update', id, '--status', 'finished']), 65, /no status finished/, known);
    assertRefused(await cf.run(['task', 'list', '--status', 'finished']), 65, /unknown value of status/, known);
  });

  it('refuses a status that may not follow, naming those that may', async () => {
    const cf = shell();
    const id = await cf.id('task', 'create', 'A');
    await cf.ok('task', 'update', id, '--status', 'review');
    const back = await cf.run(['task', 'update', id, '--status', 'new']);
    assertRefused(back, 65, /cannot go from review to new/, /in_progress, done, dropped/);
    const blocked = await cf.run(['task', 'update', id, '--status', 'blocked']);
    assertRefused(blocked, 65, /needs blocked_reason/, /--blocked-reason/);
  });

  it('refuses an unknown project and an unknown or ambiguous task', async () => {
    const cf = shell();
    const missing = await cf.run(['task', 'create', 'A', '--project', 'P-NOPE']);
    assertRefused(missing, 66, /there is no project P-NOPE/, /cf_cli project list/);
    assertRefused(await cf.run(['task', 'show', 'T-NOPE']), 66, /there is no task T-NOPE/, /cf_cli task list/);
    assertRefused(await cf.run(['task', 'show', 'T-1']), 66, /there is no task T-1/, /four characters/);
  });

  it('refuses wrong command lines with 64 and says what to write', async () => {
    const cf = shell();
    assertRefused(await cf.run(['tsak', 'list']), 64, /unknown command 'tsak'/, /task/);
    assertRefused(await cf.run(['task', 'list', '--bogus']), 64, /unknown option '--bogus'/, /--help/);
    assertRefused(await cf.run(['task', 'create', 'Buy', 'milk']), 64, /too many arguments/, /quotes/);
    assertRefused(await cf.run(['task', 'create']), 64, /title is missing/, /cf_cli task create "/);
    assertRefused(await cf.run(['task', 'list', '--csv', '--quiet']), 64, /cannot be used together/, /Choose one/);
    assertRefused(await cf.run(['task', 'list', '--fields', 'id,nope']), 64, /no field nope/, /id, project_id/);
    assertRefused(await cf.run(['task', 'list', '--limit', '-1']), 64, /--limit/, /--limit 20/);
  });

  it('asks before it deletes, and refuses where nobody can be asked', async () => {
    const cf = shell();
    const id = await cf.id('task', 'create', 'A');
    assertRefused(await cf.run(['task', 'delete', id]), 64, /needs a yes.*Delete task/, /--yes/);
    const project = await cf.id('project', 'list');
    const full = await cf.run(['project', 'delete', project, '--yes']);
    assertRefused(full, 65, /still has 0 sprints and 1 task/, /--cascade/);
    await cf.ok('project', 'delete', project, '--cascade', '--yes');
    assert.equal((await cf.ok('task', 'list', '--json')).json().total, 0);
  });

  it('gives the problem as the one JSON document with --json', async () => {
    const result = await shell().run(['task', 'show', 'T-NOPE', '--json']);
    assert.equal(result.code, 66);
    const { schema_version, error } = result.json();
    assert.deepEqual([schema_version, error.code], [1, 'not-found']);
    assert.match(error.hint, /cf_cli task list/);
    const unparsed = await shell().run(['task', '--json', 'list', '--bogus']);
    assert.equal(unparsed.json().error.code, 'usage');
  });

  it('never shows a password that was put on the command line', async () => {
    const login = ['auth', 'login', '--username', 'admin'];
    for (const args of [['--password', 'hunter2secret'], ['--password=hunter2secret']]) {
      const result = await shell().run([...login, ...args, '--verbose']);
      assert.equal(result.code, 64);
      assert.match(result.stderr, /--password-stdin/);
      assert.doesNotMatch(result.stdout + result.stderr, /hunter2secret/);
    }
  });

  it('says which folder is missing', async () => {
    const cf = shell();
    const gone = join(cf.workspace, 'gone');
    assertRefused(await cf.run(['-C', gone, 'task', 'list']), 66, /does not exist/, /-C DIR/);
    // A shell in which somebody else removed the folder.
    const script = 'cd gone && rmdir ../gone && exec "$@"';
    await mkdir(gone);
    const inGone = ['-c', script, 'sh', process.execPath, bundle, 'task', 'list'];
    const result = await runProcess('sh', inGone, { cwd: cf.workspace, env: cf.environment });
    assert.equal(result.code, 66, result.stderr);
    assert.match(result.stderr, /error: the current folder no longer exists\nhint: Change to a folder/);
  });
});

describe('cf_cli: refused by or without a server', () => {
  const shell = useShell();
  const elsewhere = useShell();
  const server = useDtmServer();

  it('says that the password is wrong, and keeps nothing', async () => {
    const cf = shell();
    const login = ['auth', 'login', '--server', server().origin, '--username', 'admin', '--password-stdin'];
    assertRefused(await cf.run(login, { input: 'wrong password\n' }), 77, /password is wrong/, /Check both/);
    const bind = await cf.run(['bind', server().origin]);
    assertRefused(bind, 77, /not signed in/, /cf_cli auth login --server http/);
  });

  it('forgets the sign-in with logout', async () => {
    const cf = shell();
    const login = ['auth', 'login', '--server', server().origin, '--username', 'admin', '--password-stdin', '--json'];
    const account = (await cf.run(login, { input: server().password })).json().item;
    assert.deepEqual([account.username, account.server], ['admin', server().origin]);
    await cf.ok('auth', 'status', '--server', server().origin);
    await cf.ok('auth', 'logout', '--server', server().origin);
    const status = await cf.run(['auth', 'status', '--server', server().origin]);
    assertRefused(status, 77, /./, /cf_cli auth login/);
  });

  it('ends every session of the account with logout --everywhere', async () => {
    const [here, there] = [shell(), elsewhere()];
    const login = ['auth', 'login', '--server', server().origin, '--username', 'admin', '--password-stdin'];
    for (const cf of [here, there]) assert.equal((await cf.run(login, { input: server().password })).code, 0);
    const out = ['auth', 'logout', '--everywhere', '--server', server().origin];
    assert.match((await here.run(out)).stdout, /^signed out admin from \S+, on every machine$/m);
    const status = ['auth', 'status', '--server', server().origin];
    for (const cf of [here, there]) assertRefused(await cf.run(status), 77, /not signed in/, /cf_cli auth login/);
    assertRefused(await here.run(out), 77, /not signed in/, /cf_cli auth login/);
  });

  it('says that something else answers at the address', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const result = await shell().run(['bind', `http://127.0.0.1:${port}`]);
    other.closeAllConnections();
    other.close();
    assert.ok([69, 77, 78].includes(result.code ?? 0), `exit ${result.code}: ${result.stderr}`);
    assert.match(result.stderr, /^error: .+\nhint: .+/m);
    assertNoStack(result);
  });

  it('serves, and says who has the port when it is taken', async () => {
    const cf = shell();
    const port = String(server().port);
    const result = await cf.run(['serve', '--port', port, '--data-dir', join(cf.workspace, 'data')]);
    assert.equal(result.code, 69, result.stderr);
    assert.match(result.stderr, new RegExp(`port ${port}|:${port}`));
    assertNoStack(result);
    const served = await cf.start(['serve', '--port', '0', '--data-dir', join(cf.workspace, 'data')]);
    const line = await served.waitForLine(/^DTM API listening on /);
    const health = await fetch(`${line.replace('DTM API listening on ', '')}/health`);
    assert.equal(health.status, 200);
    assert.deepEqual(await served.stop(), { code: 0, signal: null });
  });
});
