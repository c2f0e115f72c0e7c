import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenFile } from '../../../src/cli/tokenFile.ts';
import { isDtmError } from '../../../src/core/errors.ts';
import { runProcess } from '../../support/processes.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';

describe('the token file', () => {
  const folder = useTemporaryFolder('tokens');
  const path = () => join(folder(), 'state', 'cli-tokens.json');

  it('keeps tokens that only its owner can read, and nothing beside them', async () => {
    const tokens = new TokenFile(path());
    assert.equal(await tokens.get('http://a|admin'), undefined);
    await tokens.set('http://a|admin', 'one');
    await tokens.set('http://b|admin', 'two');
    await tokens.delete('http://a|admin');
    assert.equal(await tokens.get('http://a|admin'), undefined);
    assert.equal(await new TokenFile(path()).get('http://b|admin'), 'two');
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(folder(), 'state')), ['cli-tokens.json']);
  });

  it('loses none of what several processes write at once', async () => {
    const module = join(import.meta.dirname, '../../../src/cli/tokenFile.ts');
    const script = `const { TokenFile } = await import(${JSON.stringify(module)});
      const tokens = new TokenFile(process.argv[1]);
      for (let i = 0; i < 10; i++) await tokens.set(process.argv[2] + i, 'x');`;
    const write = (name: string) => runProcess(process.execPath, ['--input-type=module', '-e', script, path(), name]);
    const results = await Promise.all(['a', 'b', 'c', 'd'].map(write));
    for (const { code, stderr } of results) assert.equal(code, 0, stderr);
    const { tokens } = JSON.parse(await readFile(path(), 'utf8')) as { tokens: object };
    assert.equal(Object.keys(tokens).length, 40);
  });

  it('takes over the lock of a process that is dead', async () => {
    const tokens = new TokenFile(path());
    await tokens.set('first', '1');
    const { stdout } = await runProcess(process.execPath, ['-p', 'process.pid']);
    await writeFile(`${path()}.lock`, stdout.trim());
    await tokens.set('second', '2');
    assert.equal(await tokens.get('second'), '2');
  });

  it('never overwrites a file that it cannot read, and does not quote it', async () => {
    const tokens = new TokenFile(path());
    await tokens.set('key', 'secret-token');
    const damaged = '{"tokens": {"key": "secret-token"';
    await writeFile(path(), damaged);
    await assert.rejects(tokens.set('other', 'x'), (error) => {
      assert.ok(isDtmError(error, 'cannot-read'));
      assert.doesNotMatch(`${error.message} ${error.hint} ${error.cause}`, /secret-token/);
      return true;
    });
    assert.equal(await readFile(path(), 'utf8'), damaged);
  });
});
