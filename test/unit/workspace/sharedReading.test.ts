import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { updateOperation } from '../../../src/core/expand.ts';
import { Journal } from '../../../src/workspace/journal.ts';
import { encodeRecord } from '../../../src/workspace/journalRecord.ts';
import { LeaseKeeper } from '../../../src/workspace/lease.ts';
import { ownIdentity } from '../../../src/workspace/processIdentity.ts';
import type { Tracker } from '../../../src/workspace/tracker.ts';
import { rejectsWith } from '../../support/rejects.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import {
  author,
  newUlid,
  openTracker,
  projectOperation,
  systemClock,
  taskOperation,
} from '../../support/trackerBench.ts';

describe('reading what other processes write', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('reading');
  const open: Tracker[] = [];
  const opened = async (...args: Parameters<typeof openTracker>): Promise<Tracker> => {
    const tracker = await openTracker(...args);
    open.push(tracker);
    return tracker;
  };
  afterEach(async () => {
    for (const tracker of open.splice(0)) await tracker.close();
  });
  const state = (): string => join(root(), 'state');

  /** Other processes write so much that the last of them folds it into an image. */
  async function writeAndFold(segments: number): Promise<void> {
    for (let index = 0; index < segments; index++) {
      const other = await openTracker(root());
      await other.commit([projectOperation(`other ${index}`)]);
      await other.close();
    }
    const last = await openTracker(root());
    const many = Array.from({ length: 220 }, (_, index) => projectOperation(`many ${index}`));
    await last.commit(many);
    await last.settle(
      many.map((one) => one.opId),
      10_000,
    );
    await last.close();
  }

  it('lists a conflict that stands in an older segment than the change that it is about', async () => {
    const [project, task] = [projectOperation(), taskOperation('P-1', 'first')];
    if (task.kind !== 'create') throw new Error('not a creation');
    const here = { ...task, data: { ...task.data, projectId: project.id } as typeof task.data };
    const holder = await opened(root());
    await holder.commit([project, here]);
    await holder.settle([here.opId], 5_000);
    const seen = holder.visible.get('task', here.id);
    assert.ok(seen);
    // Another process has seen the same, and gets there second.
    const other = await opened(root());
    await other.refresh();
    const mine = updateOperation(author, 'task', seen, { title: 'mine' });
    const theirs = updateOperation(author, 'task', seen, { title: 'theirs' });
    await other.commit([theirs]);
    await holder.commit([mine]);
    await holder.settle([mine.opId], 5_000);
    await holder.refresh();
    await holder.settle([theirs.opId], 5_000);
    const late = await opened(root());
    const stopped = (tracker: Tracker) => tracker.stopped().map(({ opId }) => opId);
    assert.equal(stopped(holder).length, 1);
    assert.deepEqual(stopped(late), stopped(holder));
  });

  it('keeps what is committed while another process’s image is taken over', async () => {
    const tracker = await opened(root());
    const committed = [projectOperation('first')];
    await tracker.commit(committed);
    // The second image lets the segments of the first go: whoever has not read them must take the image.
    await writeAndFold(40);
    await writeAndFold(40);
    let isReading = true;
    const reading = tracker.refresh().finally(() => {
      isReading = false;
    });
    while (isReading) {
      const operation = projectOperation(`meanwhile ${committed.length}`);
      committed.push(operation);
      await tracker.commit([operation]);
    }
    await reading;
    const missing = committed.filter((one) => !tracker.visible.get('project', one.id));
    assert.deepEqual(
      missing.map((one) => one.id),
      [],
    );
  });

  it('takes the lease and an image while it reads on, without reading past anything', async () => {
    const tracker = await opened(root());
    await writeAndFold(40);
    await writeAndFold(40);
    const own = projectOperation('own');
    await tracker.commit([own]);
    await Promise.all([tracker.refresh(), tracker.settle([own.opId], 10_000), tracker.refresh()]);
    assert.equal(tracker.visible.count('project'), 2 * (40 + 220) + 1);
  });

  it('claims in no image what was read, but not folded yet', async () => {
    const identity = { pid: 1, start: '', realm: 'another' };
    const options = { folder: state(), identity, newName: () => newUlid(), clock: systemClock };
    const writers = Array.from({ length: 20 }, () => new Journal(options));
    for (const writer of writers) {
      await writer.append([{ type: 'operation', lamport: 1, operation: projectOperation() }], true);
      await writer.close();
    }
    const reader = new Journal(options);
    let isReading = true;
    const reading = reader.readOn().finally(() => {
      isReading = false;
    });
    while (isReading) {
      assert.deepEqual(reader.watermarks(), {});
      await new Promise((resume) => setImmediate(resume));
      await Promise.resolve();
      if (Object.keys(reader.watermarks()).length === writers.length) break;
    }
    assert.equal((await reading).records.length, 2 * writers.length);
  });

  it('gives the lease back when the journal cannot be read', async () => {
    const tracker = await opened(root());
    const operation = projectOperation();
    await tracker.commit([operation]);
    const obstacle = join(state(), 'journal', '00-obstacle.jsonl');
    await mkdir(obstacle);
    const settled = await tracker.settle([operation.opId], 200);
    assert.equal(settled.get(operation.opId)?.outcome, 'queued', 'a durable change is never reported as failed');
    const elsewhere = new LeaseKeeper(state(), await ownIdentity(), systemClock);
    assert.equal(await elsewhere.isHeldElsewhere(), false);
    await rm(obstacle, { recursive: true });
    assert.equal((await tracker.settle([operation.opId], 5_000)).get(operation.opId)?.outcome, 'acknowledged');
  });

  it('keeps a damaged line where it is if it cannot be set aside', async () => {
    const journal = new Journal({
      folder: state(),
      identity: await ownIdentity(),
      newName: () => newUlid(),
      clock: systemClock,
    });
    await journal.append([{ type: 'operation', lamport: 1, operation: projectOperation('whole') }], true);
    await journal.close();
    const [name = ''] = await readdir(join(state(), 'journal'));
    const path = join(state(), 'journal', name);
    await appendFile(path, `${encodeRecord({ type: 'sync-wanted' }).replace('sync', 'sunk')}`);
    await writeFile(join(state(), 'quarantine'), 'in the way');
    const tracker = await opened(root());
    assert.deepEqual(
      tracker.status.notices.map((one) => one.code),
      ['journal-damaged'],
    );
    assert.equal(tracker.visible.count('project'), 1);
    assert.match(await readFile(path, 'utf8'), /sunk/);
  });

  it('does not name for ever what was archived', async () => {
    for (let round = 0; round < 4; round++) await writeAndFold(3);
    const images = (await readdir(state())).filter((name) => name.startsWith('base-'));
    const newest = images.sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))[0] ?? '';
    const header = JSON.parse((await readFile(join(state(), newest), 'utf8')).split('\n')[0] ?? '') as {
      folded: Record<string, number>;
    };
    const archived = await readdir(join(state(), 'archive'));
    const named = Object.keys(header.folded).filter((name) => archived.includes(name));
    assert.ok(archived.length >= 12, `${archived.length} archived`);
    assert.ok(named.length <= 8, `${named.length} archived segments are still named`);
  });

  it('ends what waits for another process when it is closed, and begins nothing afterwards', async () => {
    const tracker = await opened(root());
    await mkdir(state(), { recursive: true });
    // Somebody holds the lease, lives, and never answers.
    const lease = await new LeaseKeeper(state(), await ownIdentity(), systemClock).tryAcquire();
    const waiting = tracker.sync(600_000);
    await tracker.refresh();
    await tracker.close();
    assert.equal((await waiting).error?.code, 'timeout');
    await rejectsWith(tracker.sync(600_000), 'cancelled');
    await lease?.release();
  });
});
