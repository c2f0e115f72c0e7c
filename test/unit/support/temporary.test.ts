import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder, useTemporaryFolder } from '../../support/temporary.ts';

describe('temporary', () => {
  it('makes a folder of its own each time and removes it with its content', async () => {
    const [first, second] = [await makeTemporaryFolder(), await makeTemporaryFolder()];
    assert.notEqual(first, second);
    await mkdir(join(first, 'a/b'), { recursive: true });
    await writeFile(join(first, 'a/b/file'), 'x');
    await removeTemporaryFolder(first);
    await removeTemporaryFolder(second);
    assert.equal(existsSync(first) || existsSync(second), false);
  });

  it('removes what is left when the process ends', async () => {
    const module = JSON.stringify(join(import.meta.dirname, '../../support/temporary.ts'));
    const code = `const t = await import(${module}); console.log(await t.makeTemporaryFolder('left'));`;
    const { stdout } = await runProcess(process.execPath, ['--input-type=module', '--eval', code]);
    assert.match(stdout, /dtm-left-/);
    assert.equal(existsSync(stdout.trim()), false);
  });

  describe('useTemporaryFolder', () => {
    const folder = useTemporaryFolder('each');
    let previous: string | undefined;

    for (const round of ['first', 'second']) {
      it(`gives the ${round} test an empty folder`, () => {
        assert.equal(existsSync(folder()), true);
        assert.notEqual(folder(), previous);
        assert.equal(previous !== undefined && existsSync(previous), false);
        previous = folder();
      });
    }
  });
});
