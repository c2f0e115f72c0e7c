import assert from 'node:assert/strict';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nothingLocal } from '../../../src/core/dialect.ts';
import { newEntity } from '../../../src/core/draft.ts';
import { DtmError } from '../../../src/core/errors.ts';
import type { Backend, Change, PullPage } from '../../../src/core/ports.ts';
import { ledgerFolder } from '../../../src/workspace/evidence/ledgerLines.ts';
import { Unrecorded } from '../../../src/workspace/evidence/unrecorded.ts';
import { Journal } from '../../../src/workspace/journal.ts';
import type { Tracker } from '../../../src/workspace/tracker.ts';
import { loadTracker } from '../../../src/workspace/trackerFiles.ts';
import { soundLedger } from '../../support/ledgerCheck.ts';
import { ManualClock } from '../../support/ports.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { newUlid, openTracker, projectOperation, silentLogger, systemClock } from '../../support/trackerBench.ts';

const expected = { serverId: 'srv', datasetId: 'data', epoch: 1 };

/** A server's feed with what a test wants it to say; what is tested is what the tracker makes of it. */
class ScriptedFeed implements Backend {
  readonly capabilities = {
    operationIds: true,
    changesFeed: true,
    listing: false,
    login: true,
    events: false,
    groups: true,
    readOnly: false,
    localOnly: nothingLocal,
  };
  readonly asked: (string | null)[] = [];
  readonly #answer: (cursor: string | null) => PullPage;

  constructor(answer: (cursor: string | null) => PullPage) {
    this.#answer = answer;
  }
  identify() {
    return Promise.resolve(expected);
  }
  push() {
    return Promise.reject(new DtmError('offline', 'not now'));
  }
  async pull(cursor: string | null): Promise<PullPage> {
    this.asked.push(cursor);
    return this.#answer(cursor);
  }
}

function change(index: number): Change {
  const id = `P-${String(index).padStart(6, '0')}`;
  const data = newEntity('project', id, { name: `project ${index}` }, '2026-01-01T00:00:00.000Z', 'ana');
  return { entity: 'project', id, version: 1, data, opId: null };
}
const changes = (from: number, to: number): Change[] =>
  Array.from({ length: to - from }, (_, index) => change(from + index));

/** Others described them. */
const described = (from: number, to: number): Change[] =>
  changes(from, to).map((one) => {
    const version = one.version + 1;
    return { ...one, version, data: one.data && { ...one.data, version, mission: 'changed by others' } };
  });

describe('pull', () => {
  const root = useTemporaryFolder('pull');
  const open: Tracker[] = [];
  const opened = async (backend: Backend): Promise<Tracker> => {
    const tracker = await openTracker(root(), { backend: () => backend, expected, projection: undefined });
    open.push(tracker);
    return tracker;
  };
  afterEach(async () => {
    for (const tracker of open.splice(0)) await tracker.close();
  });

  /** What another process, or this one after a crash, would find on the disk now. */
  const onDisk = async () => {
    const folder = join(root(), 'state');
    const journal = new Journal({
      folder,
      identity: { pid: 1, start: '', realm: '' },
      newName: () => newUlid(),
      clock: systemClock,
    });
    const unrecorded = new Unrecorded({ folder: ledgerFolder(folder), clock: systemClock, newName: () => newUlid() });
    return (await loadTracker(folder, journal, silentLogger, unrecorded)).state;
  };

  const twoPages = (cursor: string | null): PullPage => {
    if (cursor === null) return { changes: changes(0, 1_500), next: 'page', hasMore: true };
    if (cursor === 'page') return { changes: changes(1_500, 1_600), next: 'tail', hasMore: false };
    return { changes: cursor === 'tail' ? changes(1_600, 1_601) : [], next: 'later', hasMore: false };
  };

  it('has a large pull on the disk, whole and with its cursor, as soon as it reports it', async () => {
    const tracker = await opened(new ScriptedFeed(twoPages));
    assert.equal((await tracker.sync(5_000)).pulled, 1_600);
    const state = await onDisk();
    assert.deepEqual([state.visible.count('project'), state.cursor], [1_600, 'tail']);
  });

  it('is told in the ledger in short where it is large, and one by one after that', async () => {
    const tracker = await opened(new ScriptedFeed(twoPages));
    await tracker.sync(5_000);
    await tracker.sync(5_000);
    await tracker.close();
    const records = await soundLedger(root());
    assert.deepEqual(
      records.map(({ entity, action, outcome, cof }) => `${action} ${entity} ${outcome}; ${cof.scope}`),
      [
        'remote workspace recorded; fields: none; entities: 1500',
        'remote workspace recorded; fields: none; entities: 100',
        'remote project recorded; fields: none; entities: 1',
      ],
    );
  });

  it('is told again in the ledger where a crash took it back', async () => {
    const first = await opened(new ScriptedFeed(twoPages));
    await first.sync(5_000);
    await first.close();
    const later = (cursor: string | null): PullPage => {
      if (cursor === 'tail') return { changes: described(0, 1_200), next: 'large', hasMore: false };
      return { changes: [], next: cursor ?? 'tail', hasMore: false };
    };
    const second = await opened(new ScriptedFeed(later));
    const obstacle = join(root(), 'state', 'base-2-2.jsonl');
    await mkdir(obstacle, { recursive: true });
    await second.sync(5_000);
    await second.close();
    await rmdir(obstacle);
    const third = await opened(new ScriptedFeed(later));
    await third.sync(5_000);
    await third.close();
    const records = await soundLedger(root());
    const found = records.filter(({ op_id: opId }) => opId.startsWith('found:'));
    assert.equal(found.length, 1_200, 'what was lost is said');
    assert.equal(records.length, 2 + 3 * 1_200);
  });

  it('never lets a cursor reach the disk before the changes that it stands for', async () => {
    const tracker = await opened(new ScriptedFeed(twoPages));
    // Nothing can be put in the place of the first image.
    const obstacle = join(root(), 'state', 'base-1-1.jsonl');
    await mkdir(obstacle, { recursive: true });
    await tracker.sync(5_000);
    await tracker.sync(5_000);
    assert.equal(
      tracker.visible.count('project'),
      1_601,
      'what was pulled is shown although no image could be written',
    );
    await rmdir(obstacle);
    const state = await onDisk();
    assert.deepEqual(
      [state.visible.count('project'), state.cursor],
      [0, null],
      'the next process pulls again from the start',
    );
  });

  it('says that the server is slow while it is, with everything synchronised', async () => {
    const clock = new ManualClock();
    let takesMs = 2_500;
    const feed = new ScriptedFeed(() => {
      clock.advance(takesMs);
      return { changes: [], next: 'tail', hasMore: false };
    });
    const tracker = await openTracker(root(), {
      ...{ backend: () => feed, expected, projection: undefined, clock, resident: true },
    });
    open.push(tracker);
    assert.equal((await tracker.sync(5_000)).error, undefined);
    const { kind, reason, slow, lastSync } = tracker.status.connection;
    assert.deepEqual([kind, slow, lastSync], ['degraded', true, clock.now()]);
    assert.match(reason ?? '', /takes 2\.5 s to answer/);
    await tracker.start();
    const visitor = await opened(feed);
    assert.equal((await visitor.sync(5_000)).error, undefined, 'nor is it an error to another process');
    assert.equal(visitor.status.connection.slow, true);
    takesMs = 20;
    await tracker.sync(5_000);
    assert.deepEqual([tracker.status.connection.kind, tracker.status.connection.reason], ['online', undefined]);
  });

  it('starts over when the server no longer knows the cursor, and keeps what is queued', async () => {
    const feed: ScriptedFeed = new ScriptedFeed((cursor): PullPage => {
      if (cursor === 'old') throw new DtmError('cursor-expired', 'too old');
      return { changes: cursor === null ? changes(0, feed.asked.length + 1) : [], next: 'old', hasMore: false };
    });
    const tracker = await opened(feed);
    await tracker.sync(5_000);
    const queued = projectOperation('mine');
    await tracker.commit([queued]);
    await tracker.sync(5_000);
    assert.deepEqual(feed.asked, [null, 'old', null]);
    assert.equal(tracker.visible.count('project'), 5, 'two of the first pull, two new ones, and mine');
    assert.deepEqual(
      tracker.queue().map((one) => one.operation.opId),
      [queued.opId],
    );
  });

  it('journals a small pull, so that others see it without an image', async () => {
    const tracker = await opened(new ScriptedFeed(() => ({ changes: changes(0, 3), next: 'tail', hasMore: false })));
    await tracker.sync(5_000);
    assert.equal((await onDisk()).visible.count('project'), 3);
    assert.ok((await readdir(join(root(), 'state'))).every((name) => !name.startsWith('base-')));
  });

  it('knows in the next process when the last sync was', async () => {
    const feed = new ScriptedFeed(() => ({ changes: [], next: 'tail', hasMore: false }));
    const first = await opened(feed);
    await first.sync(5_000);
    const { lastSync } = first.status.connection;
    await first.close();
    const { connection } = (await opened(feed)).status;
    assert.ok(lastSync);
    assert.deepEqual([connection.kind, connection.lastSync], ['offline', lastSync]);
  });
});
