import assert from 'node:assert/strict';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { useShell } from './cfCli.ts';

describe('cf_cli at TaskMan-v2', () => {
  const shell = useShell();
  let taskman: Taskman;
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'postgres' });
  });
  afterEach(() => taskman.stop());

  it('binds without signing in, says what it cannot do, works offline, and loses nothing', async () => {
    const cf = shell();
    const bound = await cf.ok('bind', taskman.origin, '--account', 'ana');
    assert.match(bound.stdout, /now belongs to .* \(TaskMan-v2 0\.1\.0\), as ana/);
    assert.match(bound.stderr, /nobody signs in/);
    const project = await cf.id('project', 'create', 'Website');
    const task = await cf.id('task', 'create', 'Imprint', '--project', project, '--due', '2026-05-01');
    assert.equal(taskman.primary.row('tasks', task)?.owner, 'ana');
    assert.match((await cf.ok('task', 'show', task)).stdout, /^due_at.*\(local only\)$/m);
    const status = (await cf.ok('status', '--json')).json().item;
    assert.deepEqual([status.dialect, status.connection, status.pending], ['taskman-v2', 'online', 0]);
    assert.match((await cf.ok('status')).stdout, /TaskMan-v2[\s\S]*for each task: due_at/);
    assert.match((await cf.ok('auth', 'status')).stdout, /nobody signs in to .*; you act there as ana/);

    taskman.primary.goDown();
    const offline = await cf.ok('task', 'create', 'Meanwhile', '--project', project, '--json');
    assert.match(offline.stderr, /queued/);
    assert.deepEqual(taskman.fallback.rows('tasks'), []);
    const failed = await cf.run(['sync', 'run']);
    assert.match(failed.stderr, /SQLite file/);
    taskman.primary.comeUp();
    const synced = (await cf.ok('sync', 'run', '--json')).json().item;
    assert.deepEqual([synced.pushed, synced.pending], [1, 0]);
    assert.equal(taskman.primary.rows('tasks').length, 2);
  });

  it('can be told the kind of server, and refuses one that it does not know', async () => {
    const cf = shell();
    const wrong = await cf.run(['bind', taskman.origin, '--dialect', 'jira']);
    assert.equal(wrong.code, 64, wrong.stderr);
    assert.match(wrong.stderr, /taskman-v2/);
    await cf.ok('bind', taskman.origin, '--dialect', 'taskman-v2');
    const login = await cf.run(['auth', 'login', '--server', taskman.origin, '-u', 'x', '--password-stdin'], {
      input: 'y\n',
    });
    assert.equal(login.code, 78, login.stderr);
  });

  it('imports from it into a workspace of its own', async () => {
    const other = shell();
    await other.ok('bind', taskman.origin);
    const project = await other.id('project', 'create', 'Website');
    await other.id('task', 'create', 'Imprint', '--project', project);
    await other.ok('unbind', '--yes');
    const planned = (await other.ok('import', '--from', taskman.origin, '--dry-run', '--json')).json().item;
    assert.deepEqual(planned.to_create, { projects: 1, sprints: 0, tasks: 1 });
    const done = await other.ok('import', '--from', taskman.origin, '--yes');
    assert.match(done.stdout, /created 1 project, 0 sprints and 1 task from/);
    assert.equal((await other.ok('task', 'list', '--json')).json().items[0]?.title, 'Imprint');
    const again = await other.ok('import', '--from', taskman.origin, '--yes');
    assert.match(again.stdout, /2 were here already/);
  });
});
