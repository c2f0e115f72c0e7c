import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { type Fields, useShell } from './cfCli.ts';

describe('cf_cli: the story of a day', () => {
  const shell = useShell();
  let server: DtmServer;

  beforeEach(async () => {
    server = await startDtmServer();
  });
  afterEach(() => server.dispose());

  const tasksOnServer = async (): Promise<readonly Fields[]> => {
    const headers = { authorization: `Bearer ${await server.login()}` };
    const answer = await fetch(`${server.origin}/api/v1/tasks?limit=1000`, { headers });
    return ((await answer.json()) as { items: Fields[] }).items;
  };

  it('works online, goes on without the server, and brings everything back exactly once', async () => {
    const cf = shell();
    const login = ['auth', 'login', '--server', server.origin, '--username', server.username, '--password-stdin'];
    const signedIn = await cf.run(login, { input: `${server.password}\n` });
    assert.equal(signedIn.code, 0, signedIn.stderr);
    await cf.ok('bind', server.origin);

    const project = await cf.id('project', 'create', 'Website');
    const sprint = await cf.id('sprint', 'create', 'Sprint 1', '--project', project);
    const first = await cf.id('task', 'create', 'Write the imprint', '--sprint', sprint.slice(0, 8));
    const status = (await cf.ok('status', '--json')).json().item;
    assert.deepEqual([status.connection, status.pending, status.tasks], ['online', 0, 1]);
    assert.deepEqual(
      (await tasksOnServer()).map(({ id, sprint_id }) => [id, sprint_id]),
      [[first, sprint]],
    );

    await server.stop();
    const created = await cf.ok('task', 'create', 'Written on the train', '--json');
    assert.match(created.stderr, /queued/);
    const second = String(created.json().item.id);
    await cf.ok('task', 'complete', second);
    assert.equal((await cf.ok('status', '--json')).json().item.connection, 'offline');
    const csv = await readFile(join(cf.workspace, '.dtm/tasks.csv'), 'utf8');
    assert.match(csv, new RegExp(`^${second},.*Written on the train.*,done,`, 'm'));

    await server.start();
    const synced = (await cf.ok('sync', 'run', '--json')).json().item;
    assert.deepEqual([synced.pending, synced.conflicts, synced.rejected], [0, 0, 0]);
    const there = (await tasksOnServer()).map(({ title, status: word }) => [title, word]).sort();
    assert.deepEqual(there, [
      ['Write the imprint', 'new'],
      ['Written on the train', 'done'],
    ]);
  });

  it('prints one JSON document, the same online and offline but for where it comes from', async () => {
    const cf = shell().with({ DTM_TOKEN: await server.login() });
    await cf.ok('bind', server.origin);
    await cf.ok('project', 'create', 'Website');
    await cf.ok('task', 'create', 'First', '--label', 'a,b', '--due', '2030-01-31');
    await cf.ok('task', 'create', 'Second');
    const online = (await cf.ok('task', 'list', '--json')).json();
    await server.stop();
    const offline = (await cf.ok('task', 'list', '--json')).json();
    const forced = (await cf.ok('task', 'list', '--json', '--offline')).json();

    assert.deepEqual([online.source, offline.source, forced.source], ['api', 'csv', 'csv']);
    assert.equal(online.total, 2);
    const strip = ({ source: _, stale_since: __, pending: ___, ...rest }: typeof online) => rest;
    assert.deepEqual(strip(offline), strip(online));
    assert.deepEqual(strip(forced), strip(online));
  });

  it('binds an empty workspace to --server and says so; with data it asks for bind', async () => {
    const cf = shell().with({ DTM_TOKEN: await server.login() });
    const bound = await cf.ok('task', 'list', '--server', server.origin);
    assert.match(bound.stderr, /now belongs to http/);
    assert.equal((await cf.ok('status', '--json')).json().item.server, server.origin);

    await cf.ok('unbind', '--yes');
    await cf.ok('task', 'create', 'Only here');
    const refused = await cf.run(['task', 'list', '--server', server.origin]);
    assert.equal(refused.code, 78);
    assert.match(refused.stderr, /hint: .*cf_cli bind http/);
    const unasked = await cf.run(['bind', server.origin]);
    assert.equal(unasked.code, 64);
    assert.match(unasked.stderr, /Create 1 project, 0 sprints and 1 task.*\n.*--yes/);
    await cf.ok('bind', server.origin, '--yes');
    assert.deepEqual(
      (await tasksOnServer()).map(({ title }) => title),
      ['Only here'],
    );
  });

  it('says with its exit code whether the server was there when it had to be', async () => {
    const cf = shell().with({ DTM_TOKEN: await server.login() });
    await cf.ok('bind', server.origin);
    await cf.ok('project', 'create', 'Website', '--require-sync');
    await server.stop();
    const reading = await cf.run(['task', 'list', '--require-online', '--json']);
    assert.deepEqual([reading.code, reading.json().error.code], [69, 'offline']);
    const writing = await cf.run(['task', 'create', 'Queued', '--require-sync', '--json']);
    assert.equal(writing.code, 75, writing.stderr);
    assert.equal(writing.json().item.title, 'Queued');
    assert.equal((await cf.run(['sync', 'run'])).code, 69);
    const queue = (await cf.ok('queue', 'list', '--json')).json();
    assert.deepEqual(
      queue.items.map(({ kind, state }) => [kind, state]),
      [['create', 'pending']],
    );
    await cf.ok('queue', 'drop', '--all', '--yes');
    assert.equal((await cf.ok('task', 'list', '--json')).json().total, 0);
  });
});
