import assert from 'node:assert/strict';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { type Fields, type Shell, useShell } from './cfCli.ts';

interface Stopped extends Fields {
  readonly fields: readonly { readonly field: string; readonly contradicts: boolean }[];
}

describe('cf_cli: what the server did not take', () => {
  const [anas, bens] = [useShell(), useShell()];
  let server: DtmServer;
  let ana: Shell;
  let ben: Shell;
  let id: string;
  let project: string;

  before(async () => {
    server = await startDtmServer({ store: 'sqlite' });
  });
  after(() => server.dispose());
  beforeEach(async () => {
    const token = { DTM_TOKEN: await server.login() };
    [ana, ben] = [anas().with(token), bens().with(token)];
    await ana.ok('bind', server.origin);
    await ben.ok('bind', server.origin);
    project = await ana.id('project', 'create', 'Website');
    id = await ana.id('task', 'create', 'seen', '--project', project);
    await ben.ok('sync', 'run');
  });

  it('is listed, shown and decided, and every step names the next', async () => {
    await ben.ok(
      'task',
      'update',
      id,
      '--title',
      'his own title',
      '--priority',
      'p0',
      '--due',
      '2026-05-01',
      '--offline',
    );
    await ana.ok('task', 'update', id, '--title', 'her own title', '--due', '2026-06-01');
    const synced = await ben.run(['sync', 'run']);
    assert.equal(synced.code, 76);
    assert.match(synced.stderr, /cf_cli conflict list/);
    assert.match((await ben.ok('status')).stdout, /1 conflict, 0 rejected \(see: cf_cli conflict list\)/);

    const list = await ben.ok('conflict', 'list');
    assert.match(list.stdout, new RegExp(`^${id} +her own title +title, due_at`, 'm'));
    assert.equal(list.stderr, '', 'no reminder of what is just being looked at');

    const shown = await ben.ok('conflict', 'show', id.slice(0, 7));
    assert.match(shown.stdout, /title\n {2}before +seen\n {2}mine +his own title\n {2}theirs +her own title/);
    assert.match(shown.stdout, /priority.*mine stands/);
    assert.match(shown.stderr, new RegExp(`cf_cli conflict resolve ${id}`));
    const { fields } = (await ben.ok('conflict', 'show', id, '--json')).json().item as Stopped;
    const contradicting = fields.filter(({ contradicts }) => contradicts).map(({ field }) => field);
    assert.deepEqual(contradicting, ['title', 'due_at']);

    const undecided = await ben.run(['conflict', 'resolve', id, '--take', 'title=mine']);
    assert.equal(undecided.code, 64);
    assert.match(undecided.stderr, /both sides changed due_at/);
    const decided = await ben.ok(
      'conflict',
      'resolve',
      id,
      '--take',
      'title=mine',
      '--value',
      'due=2026-07-01',
      '--json',
    );
    const task = decided.json().item;
    assert.deepEqual([task.title, task.priority, String(task.due_at).slice(0, 7)], ['his own title', 'p0', '2026-07']);
    assert.deepEqual((await ana.ok('task', 'show', id, '--json')).json().item, task);
    assert.equal((await ben.ok('conflict', 'list', '--json')).json().total, 0);
  });

  it('asks an edit against a deletion by itself, also where everything is decided at once', async () => {
    const other = await ana.id('task', 'create', 'other', '--project', project);
    await ben.ok('sync', 'run');
    await ben.ok('task', 'update', id, '--title', 'still wanted', '--offline');
    await ben.ok('task', 'update', other, '--title', 'his', '--offline');
    await ana.ok('task', 'delete', id, '--yes');
    await ana.ok('task', 'update', other, '--title', 'hers');
    assert.equal((await ben.run(['sync', 'run'])).code, 76);
    const all = await ben.run(['conflict', 'resolve', '--all', '--theirs', '--json']);
    assert.deepEqual([all.code, all.json().item], [76, { resolved: [other], left: [id] }]);
    const undecided = await ben.run(['conflict', 'resolve', id]);
    assert.deepEqual([undecided.code, /--keep-deleted or --bring-back/.test(undecided.stderr)], [64, true]);
    await ben.ok('conflict', 'resolve', id, '--bring-back');
    assert.equal((await ana.ok('task', 'show', id, '--json')).json().item.title, 'still wanted');
  });

  it('gets another place where its own was deleted, and what waited for it follows', async () => {
    const doomed = await ana.id('project', 'create', 'Doomed');
    await ben.ok('sync', 'run');
    const task = await ben.id('task', 'create', 'late', '--project', doomed, '--offline');
    const part = await ben.id('task', 'create', 'part', '--project', project, '--parent', task, '--offline');
    await ana.ok('project', 'delete', doomed, '--yes');
    assert.equal((await ben.run(['sync', 'run'])).code, 76);
    const shown = await ben.ok('conflict', 'show', task);
    assert.match(shown.stdout, /There is no project/);
    assert.match(shown.stderr, new RegExp(`conflict resolve ${task} --value FIELD=VALUE`));
    assert.match(shown.stdout, new RegExp(`waiting for it +${part}`));
    const givenUp = await ben.run(['conflict', 'resolve', task, '--theirs']);
    assert.deepEqual([givenUp.code, /cf_cli queue drop/.test(givenUp.stderr)], [64, true]);
    const dropped = await ben.run([
      'queue',
      'drop',
      String((await ben.ok('conflict', 'show', task, '--json')).json().item.op_id),
    ]);
    assert.match(dropped.stderr, new RegExp(`Give up 1 change for good .*, and with it create ${part}`));
    await ben.ok('conflict', 'resolve', task, '--value', `project=${project}`);
    assert.equal((await ana.ok('task', 'show', part, '--json')).json().item.parent_id, task);
    assert.equal((await ben.ok('queue', 'list', '--json')).json().total, 0);
  });

  it('is tried again with another value where the server refused it', async () => {
    const sprint = await ana.id('sprint', 'create', 'Here', '--project', project);
    const elsewhere = await ana.id('project', 'create', 'Elsewhere');
    const right = await ana.id('sprint', 'create', 'There', '--project', elsewhere);
    await ben.ok('sync', 'run');
    await ben.ok('task', 'update', id, '--sprint', sprint, '--offline');
    await ana.ok('task', 'update', id, '--project', elsewhere);
    const synced = await ben.run(['sync', 'run']);
    assert.deepEqual([synced.code, /cf_cli queue list/.test(synced.stderr)], [65, true]);
    assert.match((await ben.ok('queue', 'show', id)).stdout, /why +Sprint .* belongs to/);
    const again = await ben.run(['queue', 'retry', id]);
    assert.equal(again.code, 65, 'refused before anything is written');
    assert.equal((await ben.ok('queue', 'list', '--json')).json().total, 1);
    await ben.ok('queue', 'retry', id, '--value', `sprint=${right}`);
    assert.equal((await ana.ok('task', 'show', id, '--json')).json().item.sprint_id, right);
    assert.equal((await ben.ok('queue', 'list', '--json')).json().total, 0);
  });

  it('refuses what makes no sense, and says what would', async () => {
    for (const [args, code, text] of [
      [['conflict', 'show', id], 66, /nothing of .* is stopped/],
      [['conflict', 'resolve'], 64, /or --all/],
      [['conflict', 'resolve', '--all'], 64, /--mine or --theirs/],
      [['queue', 'retry', id], 66, /cf_cli queue list/],
    ] as const) {
      const result = await ben.run(args);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, text);
    }
  });
});
