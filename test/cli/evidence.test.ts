import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Shell, useShell } from './cfCli.ts';
import { assertNoStack } from './expectations.ts';

describe('cf_cli: what is recorded', () => {
  const shell = useShell();
  const created = async (cf: Shell, title: string): Promise<string> =>
    String((await cf.ok('task', 'create', title, '--json')).json().item.id);
  const folderOf = async (cf: Shell): Promise<string> =>
    String((await cf.ok('evidence', 'verify', '--json')).json().item.folder);

  it('is nothing before anything was done, and leaves no trace', async () => {
    const cf = shell();
    const { item } = (await cf.ok('evidence', 'verify', '--json')).json();
    assert.deepEqual([item.ok, item.records], [true, 0]);
    assert.deepEqual(
      (await readdir(cf.stateHome)).filter((name) => name !== 'compile-cache'),
      [],
    );
  });

  it('holds after any commands, and names the first line that somebody changed', async () => {
    const cf = shell();
    const id = await created(cf, 'First');
    await cf.ok('task', 'complete', id);
    const sound = (await cf.ok('evidence', 'verify', '--json')).json().item;
    assert.deepEqual([sound.ok, sound.records, sound.unrecorded, sound.fault], [true, 10, 0, null]);
    const folder = await folderOf(cf);
    const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'));
    const text = await readFile(join(folder, name), 'utf8');
    const lines = text.split('\n');
    const forged = lines.map((line, index) => (index === 2 ? line.replace('"First"', '"Worst"') : line));
    await writeFile(join(folder, name), forged.join('\n'));
    const broken = await cf.run(['evidence', 'verify']);
    assert.equal(broken.code, 65);
    assert.match(broken.stdout, /the law of verifiability is broken/);
    assert.match(broken.stdout, new RegExp(`${name}, line 3: `));
    assertNoStack(broken);
  });
});
