import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.ts';
import { runProcess } from '../support/processes.ts';
import { vsix } from './editor.ts';

const kB = 1_000;

describe('the package', function () {
  this.timeout(240_000);

  it('holds what is needed and nothing else', async () => {
    await vsix();
    const { code, stdout, stderr } = await runProcess('vsce', ['ls', '--no-dependencies'], { cwd: repositoryRoot });
    assert.equal(code, 0, stderr);
    const files = stdout.split('\n').filter((line) => /^[\w.-]+(\/|\.\w+$|$)/.test(line) && line !== '');
    const allowed =
      /^(dist\/(\w+\.[cm]js|llhttp\.wasm|chunks\/[\w-]+\.mjs|webview\/\w+\.js)|media\/(.+\.(png|css|woff)|dtm\.svg)|package(\.nls.*)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
    for (const needed of [
      'dist/extension.cjs',
      'dist/llhttp.wasm',
      'dist/server.mjs',
      'dist/webview/entityDetails.js',
      'media/icon.png',
    ]) {
      assert.ok(files.includes(needed), needed);
    }
  });

  it('is at most 3 MB, and the extension at most 700 kB', async () => {
    const { size: whole } = await stat(await vsix());
    const { size: extension } = await stat(join(repositoryRoot, 'dist/extension.cjs'));
    assert.ok(whole <= 3_000 * kB, `the .vsix has ${whole} bytes`);
    assert.ok(extension <= 700 * kB, `extension.cjs has ${extension} bytes`);
  });
});
