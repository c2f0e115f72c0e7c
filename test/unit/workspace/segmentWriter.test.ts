import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentWriter } from '../../../src/workspace/segmentWriter.ts';
import { runProcess } from '../../support/processes.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);

describe('segment writer', function () {
  this.timeout(30_000);
  const root = useTemporaryFolder('segment');

  it('has every one of many concurrent appends in the file, whole and in order', async () => {
    const path = join(root(), 'a.jsonl');
    const writer = await SegmentWriter.create(path);
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}\n`);
    await Promise.all(lines.map((line, index) => writer.append(line, index % 2 === 0)));
    const text = await readFile(path, 'utf8');
    assert.equal(text, lines.join(''));
    assert.equal(writer.size, text.length);
    await writer.close();
  });

  it('makes no segment where one is', async () => {
    const path = join(root(), 'a.jsonl');
    const writer = await SegmentWriter.create(path);
    await assert.rejects(SegmentWriter.create(path), { code: 'cannot-write' });
    await writer.close();
  });

  /** Runs a program that may write no more than some blocks of 512 bytes to a file: the disk is full. */
  const runOnFullDisk = (blocks: number, program: string) =>
    runProcess('/bin/sh', [
      '-c',
      `ulimit -f ${blocks}; exec "$@"`,
      'sh',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ]);

  it('leaves nothing of what it refused, and refuses everything after it', async () => {
    const path = join(root(), 'full.jsonl');
    const { stdout, stderr } = await runOnFullDisk(
      1,
      `import { SegmentWriter } from ${source('workspace/segmentWriter.ts')};
      const writer = await SegmentWriter.create(${JSON.stringify(path)});
      await writer.append('fits\\n', true);
      const codes = [];
      for (const line of ['x'.repeat(5_000) + '\\n', 'small\\n'])
        await writer.append(line, true).catch((error) => codes.push(error.code));
      console.log(codes.join(), writer.size, writer.broken);
      await writer.close();`,
    );
    assert.equal(stderr, '');
    assert.equal(stdout, 'cannot-write,cannot-write 5 true\n');
    assert.equal(await readFile(path, 'utf8'), 'fits\n');
  });

  it('leaves no empty segments behind on a full disk', async () => {
    const { stdout } = await runOnFullDisk(
      0,
      `import { Journal } from ${source('workspace/journal.ts')};
      let name = 0;
      const identity = { pid: 1, start: '', realm: '' };
      const journal = new Journal({ folder: ${JSON.stringify(root())}, identity, newName: () => 'S' + name++, clock: {} });
      for (let attempt = 0; attempt < 3; attempt++)
        await journal.append([{ type: 'sync-wanted' }], true).catch((error) => console.log(error.code));
      await journal.close();`,
    );
    assert.equal(stdout, 'cannot-write\n'.repeat(3));
    assert.deepEqual(await readdir(join(root(), 'journal')), []);
  });
});
