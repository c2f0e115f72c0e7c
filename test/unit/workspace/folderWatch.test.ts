import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderWatch } from '../../../src/workspace/folderWatch.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

describe('folder watch', () => {
  const root = useTemporaryFolder('watch');

  it('tells of changes until it is closed', async () => {
    const heard = await new Promise<string>((resolve, reject) => {
      const watch = new FolderWatch(
        root(),
        () => {
          watch.close();
          resolve('heard');
        },
        reject,
      );
      watch.begin();
      void writeFile(join(root(), 'file'), '');
    });
    assert.equal(heard, 'heard');
  });

  it('says that it cannot watch, and can begin again', () => {
    const failures: unknown[] = [];
    const watch = new FolderWatch(
      join(root(), 'missing'),
      () => {},
      (error) => failures.push(error),
    );
    watch.begin();
    watch.begin();
    watch.close();
    assert.equal(failures.length, 2);
  });
});
