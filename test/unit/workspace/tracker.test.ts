import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteOperations } from '../../../src/core/expand.ts';
import { listBases } from '../../../src/workspace/baseImage.ts';
import { makeFolder } from '../../../src/workspace/files.ts';
import type { Tracker } from '../../../src/workspace/tracker.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { author, openTracker, projectOperation, taskOperation } from '../../support/trackerBench.ts';

const titles = (tracker: Tracker): string[] => [...tracker.visible.all('task')].map((task) => task.title).sort();

describe('tracker', () => {
  const root = useTemporaryFolder('tracker');
  const open: Tracker[] = [];
  const opened = async (...args: Parameters<typeof openTracker>): Promise<Tracker> => {
    const tracker = await openTracker(...args);
    open.push(tracker);
    return tracker;
  };
  afterEach(async () => {
    for (const tracker of open.splice(0)) await tracker.close();
  });

  const fill = async (tracker: Tracker, names: readonly string[]): Promise<string> => {
    const project = projectOperation();
    const operations = [project, ...names.map((name) => taskOperation(project.id, name))];
    await tracker.commit(operations);
    await tracker.settle(
      operations.map((one) => one.opId),
      5_000,
    );
    return project.id;
  };

  it('writes nothing when it is only looked at', async () => {
    const tracker = await opened(root());
    assert.deepEqual(titles(tracker), []);
    await tracker.close();
    assert.deepEqual(await readdir(root()), ['workspace']);
    assert.deepEqual(await readdir(join(root(), 'workspace')), []);
  });

  it('keeps what was committed, even if the process never closes it', async () => {
    const tracker = await opened(root());
    await fill(tracker, ['a', 'b']);
    const other = await opened(root());
    assert.deepEqual(titles(other), ['a', 'b']);
  });

  it('shows another process at once what one commits, and settles while another holds the lease', async () => {
    const resident = await opened(root(), { resident: true });
    await resident.start();
    const visitor = await opened(root());
    const operation = projectOperation('from the visitor');
    await visitor.commit([operation]);
    const settled = await visitor.settle([operation.opId], 5_000);
    assert.equal(settled.get(operation.opId)?.outcome, 'acknowledged');
    await resident.refresh();
    assert.equal(resident.visible.get('project', operation.id)?.id, operation.id);
  });

  it('serves others while it holds the lease for long, although it is only a visitor', async () => {
    const visitor = await opened(root());
    await fill(visitor, ['a']);
    const resident = await opened(root(), { resident: true });
    await resident.start();
    const [waiting, next] = [projectOperation('from the resident'), projectOperation('from the visitor')];
    await resident.commit([waiting]);
    const settling = resident.settle([waiting.opId], 2_000);
    await visitor.commit([next]);
    await visitor.settle([next.opId], 2_000);
    assert.equal((await settling).get(waiting.opId)?.outcome, 'acknowledged');
  });

  it('writes the three CSV files when it closes, and takes deletions out of them', async () => {
    const tracker = await opened(root());
    await fill(tracker, ['keep', 'delete me']);
    const doomed = [...tracker.visible.all('task')].find((task) => task.title === 'delete me');
    if (!doomed) throw new Error('unreachable');
    const deletion = deleteOperations(author, 'task', doomed, { sprints: [], tasks: [] }, false);
    await tracker.commit(deletion);
    await tracker.settle(
      deletion.map((one) => one.opId),
      5_000,
    );
    await tracker.close();
    const csv = await readFile(join(root(), 'workspace/.dtm/tasks.csv'), 'utf8');
    assert.match(csv, /keep/);
    assert.doesNotMatch(csv, /delete me/);
    assert.deepEqual((await readdir(join(root(), 'workspace/.dtm'))).sort(), [
      'projects.csv',
      'sprints.csv',
      'tasks.csv',
      'workspace.json',
    ]);
  });

  it('folds into a base image, archives what both images cover, and reads the same from it', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `t${String(index).padStart(3, '0')}`);
    for (let round = 0; round < 3; round++) {
      const tracker = await opened(root());
      await fill(
        tracker,
        names.map((name) => `${round}-${name}`),
      );
      await tracker.close();
    }
    assert.equal((await listBases(join(root(), 'state'))).length, 2);
    assert.ok((await readdir(join(root(), 'state/archive'))).length > 0);
    const again = await opened(root());
    assert.equal(again.visible.count('task'), 750);
  });

  it('goes on from the image before, and says so, when the newest one is damaged', async () => {
    for (const round of [1, 2]) {
      const tracker = await opened(root());
      await fill(
        tracker,
        Array.from({ length: 250 }, (_, index) => `${round}-${index}`),
      );
      await tracker.close();
    }
    const newest = (await listBases(join(root(), 'state')))[0];
    const path = join(root(), 'state', newest?.file ?? '');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('2-17"', '2-18"'));
    const again = await opened(root());
    assert.equal(again.visible.count('task'), 500);
    assert.deepEqual(
      again.status.notices.map((one) => one.code),
      ['base-damaged'],
    );
    assert.ok(again.status.notices[0]?.hint);
  });

  it('sets a damaged journal line aside, says so once, and keeps everything else', async () => {
    const first = await opened(root());
    await fill(first, ['a', 'b', 'c']);
    await first.close();
    const [segment = ''] = await readdir(join(root(), 'state/journal'));
    const path = join(root(), 'state/journal', segment);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"title":"b"', '"title":"B"'));
    const second = await opened(root());
    assert.deepEqual(
      second.status.notices.map((one) => one.code),
      ['journal-damaged'],
    );
    assert.ok(titles(second).includes('a') && titles(second).includes('c'));
    assert.equal((await readdir(join(root(), 'state/quarantine'))).length, 1);
    await fill(second, ['d']);
    await second.close();
    const third = await opened(root());
    assert.deepEqual(third.status.notices, [], 'folded away: the line is in quarantine');
    assert.ok(titles(third).includes('d'));
  });

  it('drops and reports the torn last line of a process that died', async () => {
    const first = await opened(root());
    await fill(first, ['a']);
    await first.close();
    const [segment = ''] = await readdir(join(root(), 'state/journal'));
    const path = join(root(), 'state/journal', segment);
    await appendFile(path, '{"c":"0000');
    const second = await opened(root());
    assert.deepEqual(
      second.status.notices.map((one) => one.code),
      ['journal-torn'],
    );
    assert.deepEqual(titles(second), ['a']);
    const third = await opened(root());
    assert.deepEqual(third.status.notices, []);
  });

  it('never overwrites a CSV file that was changed outside, until it is told to; then keeps theirs aside', async () => {
    const first = await opened(root());
    await fill(first, ['a']);
    await first.close();
    const path = join(root(), 'workspace/.dtm/tasks.csv');
    await appendFile(path, 'T-broken,"half a row\n');
    const second = await opened(root());
    await fill(second, ['b']);
    await second.close();
    assert.match(await readFile(path, 'utf8'), /half a row/);
    assert.deepEqual(
      second.status.notices.map((one) => one.code),
      ['csv-edit-invalid'],
    );
    assert.match(second.status.notices[0]?.message ?? '', /tasks\.csv, line 3: a quote is opened here/);
    const third = await opened(root());
    const [aside = ''] = await third.rewriteCsv();
    assert.match(await readFile(aside, 'utf8'), /half a row/);
    assert.doesNotMatch(await readFile(path, 'utf8'), /half a row/);
    assert.match(await readFile(path, 'utf8'), /,b,/);
  });

  it('keeps the journal and says why, where the CSV files cannot be written', async () => {
    const tracker = await opened(root());
    await writeFile(join(root(), 'workspace/.dtm'), 'a file where the folder should be');
    await fill(tracker, ['a']);
    await tracker.close();
    assert.deepEqual(
      tracker.status.notices.map((one) => one.code),
      ['csv-not-written'],
    );
    assert.match(tracker.status.notices[0]?.hint ?? '', /safe in the journal/);
    const again = await opened(root());
    assert.deepEqual(titles(again), ['a']);
  });

  it('refuses a commit that cannot be made durable, and does not bring it back', async () => {
    const tracker = await opened(root());
    await makeFolder(join(root(), 'state'));
    await writeFile(join(root(), 'state/journal'), 'a file where the folder should be');
    await assert.rejects(tracker.commit([projectOperation('lost?')]), { code: 'cannot-write' });
    assert.equal(tracker.visible.count('project'), 0);
  });

  it('says what is wrong where its own files cannot be read', async () => {
    await makeFolder(join(root(), 'state'));
    await writeFile(join(root(), 'state/journal'), 'a file where the folder should be');
    await assert.rejects(openTracker(root()), { code: 'cannot-read' });
  });
});
