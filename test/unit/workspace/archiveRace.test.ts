import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Journal } from '../../../src/workspace/journal.ts';
import type { JournalRecord } from '../../../src/workspace/journalRecord.ts';
import { ownIdentity } from '../../../src/workspace/processIdentity.ts';
import { startProcess } from '../../support/processes.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { daysLater, newUlid } from '../../support/trackerBench.ts';

const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
/** So many segments are archived while it writes, however fast the disk is. */
const wanted = 5;

describe('archiving the segments of a process that is taken for one that ended', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder('race');

  /** Appends a few lines at once, again and again, and prints each that is durable. */
  const writer = (identity: object): string =>
    `import { Journal } from ${source('workspace/journal.ts')};
    let name = 0;
    const clock = { now: () => new Date().toISOString(), monotonic: () => performance.now() };
    const journal = new Journal({ folder: ${JSON.stringify(folder())}, identity: ${JSON.stringify(identity)},
      newName: () => 'S' + String(name++).padStart(6, '0'), clock });
    const append = async (line) => {
      await journal.append([{ type: 'dropped', opIds: ['L' + line] }], true);
      console.log('L' + line);
    };
    let isRunning = true;
    process.on('SIGTERM', () => { isRunning = false; });
    for (let line = 0; isRunning; line += 4)
      await Promise.all([append(line), append(line + 1), append(line + 2), append(line + 3)]);
    await journal.close();`;

  it('loses no line that was durable', async () => {
    // Of another boot, and by this clock silent for two days: it may be archived at any moment.
    const identity = { pid: 1, start: '1', realm: 'elsewhere' };
    const child = await startProcess(process.execPath, ['--input-type=module', '-e', writer(identity)]);
    const journal = new Journal({
      folder: folder(),
      identity: await ownIdentity(),
      newName: () => newUlid(),
      clock: daysLater(2),
    });
    const read = new Set<string>();
    const note = (records: readonly JournalRecord[]) => {
      for (const record of records) if (record.type === 'dropped') for (const opId of record.opIds) read.add(opId);
    };
    const archived = () => readdir(join(folder(), 'archive')).catch(() => []);
    while (!child.hasEnded) {
      note((await journal.readOn()).records);
      await journal.archive([journal.watermarks()]);
      // Many times more often than anybody folds, and yet so that a segment can be opened meanwhile.
      await delay(20);
      if ((await archived()).length >= wanted) child.signal('SIGTERM');
    }
    note((await journal.readOn()).records);
    const said = child.stdout.split('\n').filter(Boolean);
    assert.equal(child.stderr, '');
    assert.ok(said.length > 0);
    assert.deepEqual(
      said.filter((line) => !read.has(line)),
      [],
    );
    assert.ok((await archived()).length >= wanted, 'segments were archived while it wrote');
  });
});
