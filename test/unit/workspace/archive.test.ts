import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Journal } from '../../../src/workspace/journal.ts';
import { encodeRecord } from '../../../src/workspace/journalRecord.ts';
import { ownIdentity, type ProcessIdentity } from '../../../src/workspace/processIdentity.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { newUlid, projectOperation } from '../../support/trackerBench.ts';

/** Above what any system hands out. */
const noSuchPid = 2 ** 22 + 1;

describe('archiving segments', () => {
  const folder = useTemporaryFolder('archive');
  const line = (): string => encodeRecord({ type: 'operation', lamport: 1, operation: projectOperation() });

  /** A journal that has read one whole segment of another process. */
  async function journalBeside(owner: ProcessIdentity): Promise<{ journal: Journal; segment: string }> {
    const journal = new Journal({ folder: folder(), identity: await ownIdentity(), newName: () => newUlid() });
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

  it('leaves what only the newest image covers', async () => {
    const { journal } = await journalBeside({ ...(await ownIdentity()), pid: noSuchPid });
    await journal.archive([{}, journal.watermarks()]);
    assert.deepEqual(await readdir(join(folder(), 'archive')), []);
  });
});
