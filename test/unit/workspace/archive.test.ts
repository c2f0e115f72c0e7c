import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '../../../src/core/operation.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { Project } from '../../../src/core/project.ts';
import { Journal } from '../../../src/workspace/journal.ts';
import { encodeRecord } from '../../../src/workspace/journalRecord.ts';
import { ownIdentity, type ProcessIdentity } from '../../../src/workspace/processIdentity.ts';
import { acknowledgedOperations } from '../../../src/workspace/recovery/acknowledgedOperations.ts';
import { keptSince } from '../../../src/workspace/retention.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { daysLater, newUlid, openTracker, projectOperation, systemClock } from '../../support/trackerBench.ts';

/** Above what any system hands out. */
const noSuchPid = 2 ** 22 + 1;

describe('archiving segments', () => {
  const folder = useTemporaryFolder('archive');
  const line = (): string => encodeRecord({ type: 'operation', lamport: 1, operation: projectOperation() });

  /** A journal that has read one whole segment of another process. */
  async function journalBeside(
    owner: ProcessIdentity,
    clock = systemClock,
  ): Promise<{ journal: Journal; segment: string }> {
    const journal = new Journal({ folder: folder(), identity: await ownIdentity(), newName: () => newUlid(), clock });
    const segment = join(folder(), 'journal', 'other.jsonl');
    await mkdir(join(folder(), 'journal'));
    await writeFile(segment, encodeRecord({ type: 'segment', process: owner }) + line());
    await journal.readOn();
    return { journal, segment };
  }

  const archived = async (journal: Journal): Promise<string[]> => {
    await journal.archive([journal.watermarks(), journal.watermarks()]);
    return readdir(join(folder(), 'archive'));
  };

  it('takes the segment of a process that ended, once it is covered whole', async () => {
    const { journal } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid });
    assert.deepEqual(await archived(journal), ['other.jsonl']);
  });

  it('leaves one of which the last lines were not read yet: the process wrote on before it ended', async () => {
    const { journal, segment } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid });
    await appendFile(segment, line());
    assert.deepEqual(await archived(journal), []);
    assert.equal((await journal.readOn()).records.length, 1);
    assert.deepEqual(await archived(journal), ['other.jsonl']);
  });

  it('leaves the segment of a process that runs, and of one of which nothing can be known', async () => {
    const { journal } = await journalBeside({ ...(await ownIdentity()), pid: process.ppid, start: '' });
    assert.deepEqual(await archived(journal), []);
  });

  it('puts one back to which something was added in the moment in which it was moved', async () => {
    const { journal, segment } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid });
    const size = (await stat(segment)).size;
    // Asked for after it was looked how long the segment is.
    const marks = {
      get 'other.jsonl'() {
        appendFileSync(segment, line());
        return size;
      },
    };
    await journal.archive([marks]);
    assert.deepEqual(await readdir(join(folder(), 'archive')), []);
    assert.equal((await journal.readOn()).records.length, 1);
  });

  it('leaves what only the newest image covers', async () => {
    const { journal } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid });
    await journal.archive([{}, journal.watermarks()]);
    assert.deepEqual(await readdir(join(folder(), 'archive')), []);
  });

  describe('of a process of an earlier boot, or of another machine', () => {
    const elsewhere: ProcessIdentity = { pid: 1, start: '1', realm: 'an earlier boot' };

    it('waits until nothing was added for a day', async () => {
      const { journal } = await journalBeside(elsewhere);
      assert.deepEqual(await archived(journal), []);
    });

    it('takes it then', async () => {
      const { journal } = await journalBeside(elsewhere, daysLater(1.1));
      assert.deepEqual(await archived(journal), ['other.jsonl']);
    });

    it('cuts off the torn line that a power failure left, says so once, and takes it then', async () => {
      const { journal, segment } = await journalBeside(elsewhere, daysLater(1.1));
      const whole = (await stat(segment)).size;
      await appendFile(segment, '{"c":"torn');
      const { quarantined } = await journal.readOn();
      assert.deepEqual(quarantined, [{ segment: 'other.jsonl', offset: whole, kind: 'torn' }]);
      assert.deepEqual((await journal.readOn()).quarantined, []);
      assert.deepEqual(await archived(journal), ['other.jsonl']);
    });

    it('is noticed by the process, should it run after all: what it appends is read all the same', async () => {
      const options = { folder: folder(), newName: () => newUlid(), clock: systemClock };
      const writer = new Journal({ ...options, identity: elsewhere });
      const append = (name: string) =>
        writer.append([{ type: 'operation', lamport: 1, operation: projectOperation(name) }], true);
      await append('before');
      const [segment = ''] = await readdir(join(folder(), 'journal'));
      const { size } = await stat(join(folder(), 'journal', segment));
      await mkdir(join(folder(), 'archive'));
      await rename(join(folder(), 'journal', segment), join(folder(), 'archive', segment));
      await Promise.all(['one', 'two', 'three'].map(append));
      const { records } = await new Journal({ ...options, identity: await ownIdentity() }).readOn();
      const names = records.flatMap((record) => (record.type === 'operation' ? [nameOf(record.operation)] : []));
      assert.deepEqual(names.sort(), ['one', 'three', 'two']);
      assert.equal((await stat(join(folder(), 'archive', segment))).size, size, 'nothing is there twice');
      await writer.close();
    });
  });

  describe('for as long as acknowledged operations are kept', () => {
    async function archiveAfter(days: number): Promise<string[]> {
      const { journal } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid }, daysLater(days));
      return archived(journal);
    }

    it('keeps what was written to within thirty days', async () => {
      assert.deepEqual(await archiveAfter(30), ['other.jsonl']);
    });

    it('removes what was not', async () => {
      assert.deepEqual(await archiveAfter(31.1), []);
      assert.deepEqual(await readdir(join(folder(), 'journal')), []);
    });

    it('finds there what a restored server may have lost, until nobody asks for it any more', async () => {
      const write = async (count: number, clock: Clock) => {
        const tracker = await openTracker(folder(), { clock });
        const operations = Array.from({ length: count }, (_, index) => projectOperation(`p${index}`));
        await tracker.commit(operations);
        await tracker.settle(
          operations.map((one) => one.opId),
          5_000,
        );
        await tracker.close();
      };
      const state = join(folder(), 'state');
      for (let round = 0; round < 3; round++) await write(201, systemClock);
      const kept = await readdir(join(state, 'archive'));
      assert.ok(kept.length > 0);
      await write(201, daysLater(29));
      const found = await acknowledgedOperations(state, keptSince(daysLater(29).now()));
      assert.equal(found.length, 4 * 201);
      await write(201, daysLater(32));
      const left = new Set(await readdir(join(state, 'archive')));
      assert.deepEqual(
        kept.filter((name) => left.has(name)),
        [],
      );
      const tracker = await openTracker(folder());
      assert.equal(tracker.visible.count('project'), 5 * 201);
      await tracker.close();
    });
  });
});

const nameOf = (operation: Operation): unknown => operation.kind === 'create' && (operation.data as Project).name;
