import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../../support/processes.ts';
import { publishFolder } from '../../support/publishFolder.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

describe('publishFolder', () => {
  const cache = useTemporaryFolder('publish');
  const fill = async (draft: string): Promise<void> => writeFile(join(draft, 'content'), 'whole');

  it('fills a folder once', async () => {
    let fills = 0;
    const counted = async (draft: string): Promise<void> => {
      fills += 1;
      await fill(draft);
    };
    for (const _ of [1, 2]) await publishFolder(join(cache(), 'thing'), counted);
    assert.equal(fills, 1);
    assert.equal(await readFile(join(cache(), 'thing/content'), 'utf8'), 'whole');
  });

  it('gives everybody a whole folder when several come at once', async () => {
    const folders = await Promise.all(Array.from({ length: 8 }, () => publishFolder(join(cache(), 'thing'), fill)));
    for (const folder of folders) assert.equal(await readFile(join(folder, 'content'), 'utf8'), 'whole');
    assert.deepEqual(await readdir(cache()), ['thing']);
  });

  it('leaves nothing behind when filling fails, and says why', async () => {
    const failing = publishFolder(join(cache(), 'thing'), async () => {
      throw new Error('no network');
    });
    await assert.rejects(failing, /no network/);
    assert.deepEqual(await readdir(cache()), []);
  });

  it('removes the draft of a process that was killed, not that of one that lives', async () => {
    const { stdout } = await runProcess(process.execPath, ['--eval', 'console.log(process.pid)']);
    const abandoned = join(cache(), `.draft-thing-${stdout.trim()}-1`);
    const living = join(cache(), `.draft-thing-${process.pid}-999999`);
    for (const draft of [abandoned, living]) await mkdir(draft);
    await publishFolder(join(cache(), 'thing'), fill);
    assert.equal(existsSync(abandoned), false);
    assert.equal(existsSync(living), true);
  });
});
