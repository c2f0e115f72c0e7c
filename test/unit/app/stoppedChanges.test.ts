import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppOptions } from '../../../src/app/createApp.ts';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { Draft } from '../../../src/core/draft.ts';
import { contradictionOf, fieldChoices, type StoppedChange, theirSignature } from '../../../src/core/stoppedChange.ts';
import { type DtmServer, startDtmServer } from '../../support/dtmServer.ts';
import { assertSoundEvidence } from '../../support/ledgerCheck.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../support/temporary.ts';
import { openTestApp } from '../../support/testApp.ts';

/** Two people on two machines with one server; the second works offline for a while. */
describe('what the server did not take', function () {
  this.timeout(120_000);
  let root: string;
  let server: DtmServer;
  let ana: DtmApp;
  let ben: DtmApp;
  let projectId: string;
  let id: string;
  let count = 0;

  before(async () => {
    root = await makeTemporaryFolder('stopped');
    server = await startDtmServer({ store: 'sqlite' });
    ana = await bound('ana');
    ben = await bound('ben');
    projectId = (await ana.tracker.create('project', { name: 'Website' })).entity?.id ?? '';
  });
  after(async () => {
    await ana.close();
    await ben.close();
    await server.dispose();
    await removeTemporaryFolder(root);
  });
  beforeEach(async () => {
    id = (await ana.tracker.create('task', { projectId, title: `seen ${++count}` })).entity?.id ?? '';
    await ben.syncNow();
  });
  afterEach('nothing is left undecided, and everything is recorded', async () => {
    assert.deepEqual([ana.queue(), ben.queue()], [[], []]);
    await assertSoundEvidence(ana, ben);
  });

  async function open(name: string, options: Partial<AppOptions> = {}): Promise<DtmApp> {
    const workspace = join(root, name, 'workspace');
    await mkdir(workspace, { recursive: true });
    return openTestApp(join(root, name, 'state'), workspace, options);
  }

  async function bound(name: string): Promise<DtmApp> {
    const app = await open(name);
    await app.accounts.login(server.origin, server.username, server.password);
    await app.binding.bind(await app.binding.plan(server.origin));
    return app;
  }

  /** Ben acts offline in a process of its own, others act meanwhile, and then he is online again. */
  async function offline(
    act: (app: DtmApp) => Promise<unknown>,
    meanwhile: () => Promise<unknown>,
    options: Partial<AppOptions> = {},
  ): Promise<void> {
    await ben.close();
    const away = await open('ben', { offline: true });
    await act(away);
    await away.close();
    await meanwhile();
    ben = await open('ben', options);
    await ben.accounts.login(server.origin, server.username, server.password);
  }

  async function stop(mine: (app: DtmApp) => Promise<unknown>, theirs: () => Promise<unknown>): Promise<StoppedChange> {
    await offline(mine, theirs);
    await ben.syncNow();
    const stopped = ben.stopped.list();
    assert.equal(stopped.length, 1, JSON.stringify(ben.queue()));
    return stopped[0] as StoppedChange;
  }

  async function segmentsIn(folder: string): Promise<{ readonly name: string; readonly text: string }[]> {
    const names = await readdir(folder);
    return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })));
  }

  const edit = (draft: Draft) => (app: DtmApp) => app.tracker.update('task', id, draft);
  const bothSee = async () => {
    await ana.syncNow();
    await ben.syncNow();
    assert.deepEqual(ana.tracker.get('task', id), ben.tracker.get('task', id));
    return ana.tracker.get('task', id);
  };

  it('is described and decided field by field, and ends equal on both sides', async () => {
    const change = await stop(edit({ title: 'his', priority: 'p0', dueAt: '2026-05-01T00:00:00.000Z' }), () =>
      edit({ title: 'hers', dueAt: '2026-06-01T00:00:00.000Z' })(ana),
    );
    assert.deepEqual(
      fieldChoices(change).map(({ field, contradicts }) => [field, contradicts]),
      [
        ['title', true],
        ['priority', false],
        ['dueAt', true],
      ],
    );
    assert.equal(theirSignature(change)?.by, server.username);
    const { arrival } = await ben.stopped.resolve(change, { side: 'theirs', fields: { title: 'mine' } });
    assert.equal(arrival, 'acknowledged');
    const task = await bothSee();
    assert.deepEqual([task?.title, task?.priority, task?.dueAt], ['his', 'p0', '2026-06-01T00:00:00.000Z']);
  });

  it('can get a value of its own, checked like any other', async () => {
    const change = await stop(edit({ title: 'his' }), () => edit({ title: 'hers' })(ana));
    await assert.rejects(ben.stopped.resolve(change, { side: 'mine', values: { title: ' ' } }), { code: 'validation' });
    assert.equal(ben.stopped.list().length, 1, 'nothing was changed');
    await ben.stopped.resolve(change, { side: 'mine', values: { title: 'both' } });
    assert.equal((await bothSee())?.title, 'both');
  });

  it('is decided once, even if two windows try', async () => {
    const change = await stop(edit({ title: 'his' }), () => edit({ title: 'hers' })(ana));
    await ben.stopped.resolve(change, { side: 'theirs' });
    await assert.rejects(ben.stopped.resolve(change, { side: 'mine' }), { code: 'conflict' });
    assert.equal((await bothSee())?.title, 'hers');
  });

  it('leads along the lifecycle from where others have gone', async () => {
    const change = await stop(
      (app) => app.tracker.complete(id),
      () => ana.tracker.moveTo('task', id, 'in_progress'),
    );
    await ben.stopped.resolve(change, { side: 'mine' });
    assert.equal((await bothSee())?.status, 'done');
  });

  it('brings back what others deleted, after a restart too', async () => {
    await stop(edit({ title: 'still wanted' }), () => ana.tracker.delete('task', id));
    await offline(
      async () => undefined,
      async () => undefined,
    );
    const [change] = ben.stopped.list();
    assert.ok(change);
    assert.equal(contradictionOf(change), 'deleted-there');
    await ben.stopped.resolve(change, { side: 'mine' });
    assert.equal((await bothSee())?.title, 'still wanted');
  });

  it('stays deleted if that is decided', async () => {
    const change = await stop(
      (app) => app.tracker.delete('task', id),
      () => edit({ title: 'hers' })(ana),
    );
    assert.equal(contradictionOf(change), 'deleted-here');
    await ben.stopped.resolve(change, { side: 'mine' });
    assert.equal(await bothSee(), undefined);
  });

  it('deletes a project with what came into it meanwhile', async () => {
    const { entity: project } = await ana.tracker.create('project', { name: 'Old' });
    const inside = { projectId: project?.id, title: 'in it' };
    await ben.syncNow();
    const change = await stop(
      (app) => app.tracker.delete('project', project?.id ?? '', { cascade: true }),
      () => ana.tracker.create('task', inside),
    );
    await ben.stopped.resolve(change, { side: 'mine' });
    await ana.syncNow();
    assert.equal(ana.tracker.get('project', project?.id ?? ''), undefined);
  });

  it('lets the rest of a group go on where one part of it is decided for the others', async () => {
    const sprint = async (name: string) => (await ana.tracker.create('sprint', { projectId, name })).entity?.id ?? '';
    const [old, next] = [await sprint('Old'), await sprint('Next')];
    await edit({ sprintId: old })(ana);
    await ben.syncNow();
    const change = await stop(
      (app) => app.tracker.delete('sprint', old),
      () => edit({ sprintId: next })(ana),
    );
    assert.deepEqual([change.id, change.companions.map((one) => one.id)], [id, [old]]);
    await ben.stopped.resolve(change, { side: 'theirs' });
    assert.equal((await bothSee())?.sprintId, next);
    assert.equal(ana.tracker.get('sprint', old), undefined);
  });

  it('is decided by a command while a window holds the workspace', async () => {
    const change = await stop(edit({ title: 'his' }), () => edit({ title: 'hers' })(ana));
    await ben.close();
    const window = await open('ben', { resident: true });
    try {
      await window.accounts.login(server.origin, server.username, server.password);
      await window.start();
      const visitor = await open('ben');
      const { arrival } = await visitor.stopped.resolve(change, { side: 'mine' });
      assert.equal(arrival, 'acknowledged');
      await visitor.close();
      await window.refresh();
      assert.deepEqual([window.stopped.list(), window.tracker.get('task', id)?.title], [[], 'his']);
    } finally {
      await window.close();
    }
    ben = await open('ben');
    await ben.accounts.login(server.origin, server.username, server.password);
    assert.equal((await bothSee())?.title, 'his');
  });

  it('is kept and listed again if others were faster once more', async () => {
    const change = await stop(edit({ title: 'his' }), () => edit({ title: 'hers' })(ana));
    await edit({ title: 'hers again' })(ana);
    await assert.rejects(ben.stopped.resolve(change, { side: 'mine' }), { code: 'conflict' });
    const [again] = ben.stopped.list();
    assert.ok(again);
    assert.deepEqual(
      fieldChoices(again).map(({ base, mine, theirs }) => [base, mine, theirs]),
      [['hers', 'his', 'hers again']],
    );
    await ben.stopped.resolve(again, { side: 'mine' });
    assert.equal((await bothSee())?.title, 'his');
  });

  it('is still asked if the decision was not written whole, and is not asked again if it was', async () => {
    const change = await stop(edit({ title: 'his' }), () => edit({ title: 'hers' })(ana));
    await ben.close();
    let away = await open('ben', { offline: true });
    const journal = join(away.stateFolder, 'journal');
    const before = await segmentsIn(journal);
    await away.stopped.resolve(change, { side: 'mine' });
    assert.deepEqual([away.stopped.list(), away.tracker.get('task', id)?.title], [[], 'his']);
    await away.close();
    const grown = (await segmentsIn(journal)).filter(({ name, text }) =>
      before.every((one) => one.name !== name || one.text !== text),
    );
    assert.equal(grown.length, 1, 'one process, one segment');
    const [segment] = grown;
    assert.ok(segment);
    await writeFile(join(journal, segment.name), segment.text.slice(0, -10));
    away = await open('ben', { offline: true });
    assert.deepEqual(away.stopped.list(), [change], 'killed while it was written');
    await away.close();
    await writeFile(join(journal, segment.name), segment.text);
    ben = await open('ben');
    assert.deepEqual(ben.stopped.list(), [], 'killed just after');
    await ben.accounts.login(server.origin, server.username, server.password);
    await ben.syncNow();
    assert.equal((await bothSee())?.title, 'his');
  });

  it('is decided by itself where the person said so, but never where something was deleted', async () => {
    const { entity: sprint } = await ana.tracker.create('sprint', { projectId, name: 'Doomed' });
    const { entity: moved } = await ana.tracker.create('task', { projectId, title: 'moved' });
    const { entity: doomed } = await ana.tracker.create('task', { projectId, title: 'doomed' });
    await ben.syncNow();
    await offline(
      async (app) => {
        await app.tracker.update('task', id, { title: 'his' });
        await app.tracker.update('task', doomed?.id ?? '', { title: 'his' });
        await app.tracker.update('task', moved?.id ?? '', { title: 'his', sprintId: sprint?.id });
      },
      async () => {
        await edit({ title: 'hers' })(ana);
        await ana.tracker.delete('task', doomed?.id ?? '');
        await ana.tracker.delete('sprint', sprint?.id ?? '');
      },
      { conflicts: () => 'theirs' },
    );
    await ben.syncNow();
    while (ben.stopped.list().length > 2) await ben.syncNow();
    assert.equal((await bothSee())?.title, 'hers');
    const left = ben.stopped.list();
    assert.deepEqual(left.map((change) => change.id).sort(), [doomed?.id, moved?.id].sort());
    for (const change of left) await ben.stopped.resolve(change, { side: 'theirs' });
    assert.equal(ben.tracker.get('task', moved?.id ?? '')?.title, 'moved');
  });
});
