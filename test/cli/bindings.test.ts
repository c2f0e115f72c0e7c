import assert from 'node:assert/strict';
import { useDtmServer } from '../support/dtmServer.ts';
import { addSecondUser } from '../support/secondUser.ts';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { useShell } from './cfCli.ts';
import { assertRefused } from './expectations.ts';

describe('cf_cli bind: from one server to another and back', function () {
  // Some twenty runs of the command in each test.
  this.timeout(60_000);
  const shell = useShell();
  const server = useDtmServer();
  let taskman: Taskman;
  beforeEach(async () => {
    taskman = await startTaskman({ database: 'postgres' });
  });
  afterEach(() => taskman.stop());

  it('sets aside whole, says what waits where, goes back without a server, and copies once', async () => {
    const cf = shell().with({ DTM_TOKEN: await server().login() });
    await cf.ok('bind', server().origin);
    const project = await cf.id('project', 'create', 'Website');
    await cf.ok('task', 'create', 'Waits', '--due', '2030-01-31', '--offline');
    const moved = await cf.ok('bind', taskman.origin, '--account', 'ana', '--json');
    assert.match(moved.stderr, /http:\S+ \(admin\) is set aside; not sent there yet: 1 change; see: .*bind --list/);
    assert.deepEqual(moved.json().item.left, {
      server: server().origin,
      account: 'admin',
      pending: 1,
      conflicts: 0,
      rejected: 0,
    });

    const table = await cf.ok('bind', '--list');
    assert.match(table.stdout, /NAME +SERVER +KIND +ACCOUNT +NOT SENT +TASKS/);
    assert.match(table.stdout, /^ *[0-9a-f]{8} +http\S+ +dtm +admin +1 change +1$/m);
    assert.match(table.stdout, /^\* [0-9a-f]{8} +http\S+ +taskman-v2 +ana +0/m);
    const { items } = (await cf.ok('bind', '--list', '--json')).json();
    const name = String(items.find(({ dialect }) => dialect === 'dtm')?.name);

    const copy = ['import', '--from-binding', name.slice(0, 8)];
    const dry = await cf.ok(...copy, '--dry-run');
    assert.match(dry.stdout, /^would create 1 project, 0 sprints and 1 task, copied from http\S+ \(admin\)/);
    assert.match(dry.stderr, /no place for this, so it stays in this workspace:\n +- due_at of 1 task/);
    assertRefused(await cf.run(copy), 64, /needs a yes.*Create 1 project/, /--yes/);
    await cf.ok(...copy, '--yes');
    assert.equal(taskman.primary.rows('tasks').length, 1);
    assert.match((await cf.ok(...copy)).stdout, /^created 0 projects, .*; 2 were here already/);
    assert.match((await cf.ok('bind', '--list')).stdout, /admin +1 change /);

    const back = await cf.ok('bind', '--to', name.slice(0, 5), '--offline');
    assert.match(back.stdout, /belongs again to http\S+, as admin; not sent yet: 1 change/);
    const synced = (await cf.ok('sync', 'run', '--json')).json().item;
    assert.deepEqual([synced.pushed, synced.pulled, synced.pending], [1, 0, 0]);
    assert.equal((await cf.ok('project', 'show', project, '--json')).json().item.name, 'Website');
    await cf.ok('bind', '--to', 'local');
    assert.equal((await cf.ok('status', '--json')).json().item.server, null);
  });

  it('is limited to some projects, and widened by those that are made here', async () => {
    const cf = shell().with({ DTM_TOKEN: await server().login() });
    await cf.ok('bind', server().origin);
    const [one, other] = [await cf.id('project', 'create', 'One'), await cf.id('project', 'create', 'Other')];
    await cf.ok('task', 'create', 'Not of interest', '--project', other);
    const bound = await cf.ok('bind', '--project', one.slice(0, 8));
    assert.match(bound.stdout, new RegExp(`limited to ${one} One$`, 'm'));
    assert.deepEqual((await cf.ok('task', 'list', '--json')).json().items, []);
    assert.match((await cf.ok('status')).stdout, /^limited to +P-\w+ One$/m);
    const made = await cf.ok('project', 'create', 'Made here');
    assert.match(made.stderr, /added to what this workspace is limited to: 2 projects now/);
    assertRefused(await cf.run(['task', 'create', 'x', '--project', other]), 66, /no project/, /project list/);
    assertRefused(await cf.run(['bind', '--project', 'P-NOWHERE']), 66, /has no project P-NOWHERE/, /all projects/);
    assertRefused(await cf.run(['bind', '--project', one, '--all-projects']), 64, /contradict/, /Leave one out/);
    assert.equal((await cf.ok('bind', '--all-projects', '--json')).json().item.limited_to, null);
    assert.equal((await cf.ok('task', 'list', '--json')).json().items.length, 2);
  });

  it('refuses what it cannot do, with what to do', async () => {
    const cf = shell();
    assertRefused(await cf.run(['bind', '--to', 'abcd']), 66, /no binding abcd/, /list the bindings/);
    assertRefused(await cf.run(['bind', '--list', '--to', 'local']), 64, /cannot be used together/, /one of them/);
    assertRefused(await cf.run(['import', '--from-binding', 'local']), 64, /works in now/, /copy from the other one/);
    const token = { DTM_TOKEN: await server().login() };
    const wrong = await cf.with(token).run(['bind', server().origin, '--account', 'ana']);
    assertRefused(wrong, 77, /admin is signed in at http\S+, not ana/, /auth login/);
    await cf.with(token).ok('bind', server().origin);
    const bea = cf.with({ DTM_TOKEN: (await addSecondUser(server(), 'bea')).token });
    const refused = await bea.run(['project', 'create', 'Not in my name']);
    assertRefused(refused, 77, /nothing was changed: bea is signed in.*bound for admin/, /bind .* again for bea/);
    assert.match((await bea.run(['sync', 'run'])).stderr, /hint: .*cf_cli bind http\S+ --account bea/);
    assert.equal((await bea.ok('status', '--json')).json().item.pending, 0);
    assert.match((await bea.ok('bind', server().origin, '--account', 'bea')).stdout, /now belongs to .*, as bea/);
  });
});
