import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppOptions } from '../../../src/app/createApp.ts';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { blockedGates } from '../../../src/app/gates.ts';
import { type AdjustableGate, defaultGateSettings, type GateMode } from '../../../src/core/gates/settings.ts';
import type { Logger } from '../../../src/core/ports.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { openTestApp } from '../../support/testApp.ts';

describe('the quality gates before a change', () => {
  const root = useTemporaryFolder('gates');
  let modes: Partial<Record<AdjustableGate, GateMode>> = {};
  let wipLimit = 5;
  let app: DtmApp;
  const logged: string[] = [];
  const log = (event: string, facts?: object) => void logged.push(`${event} ${JSON.stringify(facts)}`);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };

  beforeEach(async function () {
    [modes, wipLimit] = [{}, 5];
    logged.length = 0;
    const folder = join(root(), this.currentTest?.title.replace(/\W+/g, '-') ?? '');
    await mkdir(join(folder, 'workspace'), { recursive: true });
    const gates: AppOptions['gates'] = () => ({ modes: { ...defaultGateSettings.modes, ...modes }, wipLimit });
    app = await openTestApp(join(folder, 'state'), join(folder, 'workspace'), { gates, logger });
  });
  afterEach(() => app.close());

  async function project(): Promise<string> {
    return (await app.tracker.create('project', { name: 'Website' })).entity?.id ?? '';
  }
  async function plant(draft: object = {}) {
    const projectId = await project();
    const { entity } = await app.tracker.create('task', { projectId, title: 'Fix the login page', ...draft });
    assert.ok(entity);
    return { projectId, id: entity.id };
  }
  const gatesOf = ({ warnings }: { readonly warnings: readonly { readonly gate: string }[] }) =>
    warnings.map(({ gate }) => gate);
  const reasons = () => app.queue().map(({ operation }) => operation.reason);
  const objections = () => logged.filter((line) => line.startsWith('gates.objected'));

  it('pass what is in order, without a word', async () => {
    const projectId = await project();
    const written = await app.tracker.create('task', { projectId, title: 'Fix the login page' });
    assert.deepEqual(written.warnings, []);
    assert.deepEqual(objections(), []);
  });

  it('warn, and stop nothing', async () => {
    const { projectId, id } = await plant();
    const written = await app.tracker.create('task', { projectId, title: 'Write the imprint', priority: 'p0' });
    assert.deepEqual(gatesOf(written), ['ownerless-p0']);
    const same = await app.tracker.create('task', { projectId, title: 'LOGIN page: fix' });
    assert.deepEqual(gatesOf(same), ['duplicate-title']);
    assert.match(same.warnings[0]?.sentence ?? '', new RegExp(`nearly the same as ${id} `));
    assert.equal(app.tracker.count('task'), 3);
    assert.equal(objections().length, 2);
    assert.ok(!logged.join().includes('LOGIN'));
  });

  it('block what they are set to block, and leave no trace of it', async () => {
    const { projectId } = await plant();
    modes = { 'duplicate-title': 'block', 'ownerless-p0': 'block', secrets: 'off' };
    const before = app.queue().length;
    const draft = { projectId, title: 'fix login page', priority: 'p0', description: `ghp_${'a1B2'.repeat(9)}` };
    const error = await rejectsWith(app.tracker.create('task', draft), 'gate-blocked');
    assert.deepEqual(
      blockedGates(error).map(({ gate }) => gate),
      ['ownerless-p0', 'duplicate-title'],
    );
    assert.match(
      error.message,
      /^stopped by the gates ownerless-p0, duplicate-title: .* has no owner\. .* says nearly/,
    );
    assert.match(error.hint ?? '', /give a reason/);
    assert.deepEqual([app.tracker.count('task'), app.queue().length], [1, before]);
    assert.equal(app.undo.undoable?.act.name, 'Fix the login page');
    assert.deepEqual(objections(), []);
  });

  it('let through what is overridden with a reason, and keep the reason', async () => {
    const { projectId } = await plant();
    modes = { 'duplicate-title': 'block' };
    const draft = { projectId, title: 'fix login page' };
    const blank = { override: { 'duplicate-title': '  ', 'wip-limit': 'not asked for' } } as const;
    await rejectsWith(app.tracker.create('task', draft, blank), 'gate-blocked');
    const override = { 'duplicate-title': 'the other one is closed', 'wip-limit': 'not asked for' };
    const committed: (string | undefined)[] = [];
    const listener = app.onDidChange(() => committed.push(...reasons()));
    const written = await app.tracker.create('task', draft, { reason: 'wanted', override });
    listener.dispose();
    assert.deepEqual(written.warnings, []);
    assert.equal(app.tracker.count('task'), 2);
    assert.ok(committed.includes('wanted; override duplicate-title: the other one is closed'), committed.join());
    assert.match(objections().join(), /"overridden":\["duplicate-title"\]/);
  });

  it('take no reason that a server would refuse', async () => {
    const { projectId } = await plant();
    modes = { 'duplicate-title': 'block' };
    const override = { 'duplicate-title': 'x'.repeat(2_000) };
    const draft = { projectId, title: 'fix login page' };
    await rejectsWith(app.tracker.create('task', draft, { override }), 'validation');
    assert.equal(app.tracker.count('task'), 1);
  });

  it('count what is in progress with the change', async () => {
    const { projectId, id } = await plant({ owner: 'ana', status: 'ready' });
    wipLimit = 1;
    assert.deepEqual(gatesOf(await app.tracker.moveTo('task', id, 'in_progress')), []);
    const { entity } = await app.tracker.create('task', { projectId, title: 'Another', owner: 'ana', status: 'ready' });
    const moved = await app.tracker.moveTo('task', entity?.id ?? '', 'in_progress');
    assert.deepEqual(gatesOf(moved), ['wip-limit']);
    assert.match(moved.warnings[0]?.sentence ?? '', /ana would have 2 tasks in progress; the limit is 1/);
  });

  it('never let through what is invalid, whatever they are set to', async () => {
    const { id } = await plant({ status: 'in_progress' });
    modes = Object.fromEntries(Object.keys(defaultGateSettings.modes).map((gate) => [gate, 'off']));
    await rejectsWith(app.tracker.update('task', id, { sprintId: 'S-0000000000' }), 'validation');
    await rejectsWith(app.tracker.update('task', id, { status: 'new' }), 'illegal-transition');
  });

  it('do not stand in the way of taking something back', async () => {
    const { id } = await plant({ priority: 'p0' });
    await app.tracker.update('task', id, { owner: 'ana' });
    modes = { 'ownerless-p0': 'block' };
    await app.undo.undo();
    assert.equal(app.tracker.get('task', id)?.owner, null);
    await app.undo.redo();
    await rejectsWith(app.tracker.update('task', id, { owner: null }), 'gate-blocked');
  });
});
