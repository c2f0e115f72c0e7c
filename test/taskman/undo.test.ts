import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { TaskmanBench } from '../support/taskmanBench.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';

/** A back end without versions, operation ids or groups, that keeps much of what it gets in another form. */
describe('undo in a workspace of TaskMan-v2', function () {
  this.timeout(60_000);
  const root = useTemporaryFolder('taskman-undo');
  const bench = new TaskmanBench('sqlite');
  let app: DtmApp;

  beforeEach(async () => {
    await mkdir(join(root(), 'workspace'));
    app = await openTestApp(join(root(), 'state'), join(root(), 'workspace'));
    await app.binding.bind(await app.binding.plan(bench.taskman.origin, { dialect: 'taskman-v2' }));
  });
  afterEach(() => app.close());

  const there = async (id: string) => (await bench.ask('GET', `/tasks/${id}`)).body;

  it('takes back and makes again what was created, edited, completed and deleted', async () => {
    const { tracker, undo } = app;
    const { entity: project } = await tracker.create('project', { name: 'Website' });
    const { entity: task } = await tracker.create('task', { title: '  Fix it ', projectId: project?.id });
    const id = task?.id ?? '';
    await tracker.update('task', id, { labels: ['web'], dueAt: '2026-03-01T12:00:00.000Z', title: '[1]' });
    await tracker.complete(id);
    await tracker.delete('project', project?.id ?? '', { cascade: true });

    await undo.undo();
    assert.equal((await there(id)).status, 'done');
    await undo.undo();
    assert.equal((await there(id)).status, 'new', 'over every step of the lifecycle');
    await undo.undo();
    const { title, labels, dueAt } = tracker.list('task', everything).items[0] ?? {};
    assert.deepEqual([title, labels, dueAt], ['  Fix it ', [], null]);
    assert.deepEqual([(await there(id)).title, (await there(id)).labels], ['Fix it', []]);
    await undo.undo();
    await undo.undo();
    assert.equal((await bench.ask('GET', `/tasks/${id}`)).status, 404);
    assert.deepEqual([app.queue(), tracker.count('project')], [[], 0]);

    for (let left = 4; left > 0; left--) await undo.redo();
    assert.deepEqual([(await there(id)).status, tracker.get('task', id)?.title], ['done', '[1]']);
    assert.deepEqual(app.queue(), []);
  });
});
