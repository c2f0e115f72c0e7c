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

  it('tells who did what, of everything or of one, also after it was deleted', async () => {
    const cf = shell();
    const id = await created(cf, 'First');
    await created(cf, 'Second');
    await cf.ok('task', 'update', id, '--status', 'blocked', '--reason', 'waits for the key');
    await cf.ok('task', 'delete', id, '--yes');
    const { items, total } = (await cf.ok('evidence', 'list', id, '--json')).json();
    assert.equal(total, items.length);
    assert.deepEqual(new Set(items.map((record) => record.id)), new Set([id]));
    assert.deepEqual(
      [items[0]?.action, items.at(-1)?.action, items.at(-1)?.outcome],
      ['create', 'delete', 'acknowledged'],
    );
    const newest = await cf.ok('evidence', 'list', '--limit', '1');
    assert.match(newest.stdout, new RegExp(`delete task ${id}.* acknowledged`));
    assert.match(newest.stderr, /showing 1 of \d+; see more with --limit/);
    const wrong = await cf.run(['evidence', 'list', '--limit', 'many']);
    assert.equal(wrong.code, 64);
    assertNoStack(wrong);
    assert.equal((await cf.run(['evidence', 'list', 'nothing'])).code, 66);
  });

  it('is copied into a folder and brought up to date there, but over nothing else', async () => {
    const cf = shell();
    await created(cf, 'First');
    const target = join(cf.workspace, 'evidence');
    const copied = (await cf.ok('evidence', 'export', target, '--json')).json().item;
    await created(cf, 'Second');
    const again = (await cf.ok('evidence', 'export', target, '--json')).json().item;
    assert.ok(Number(again.bytes) > Number(copied.bytes));
    const [name = ''] = await readdir(target);
    assert.equal(await readFile(join(target, name), 'utf8'), await readFile(join(await folderOf(cf), name), 'utf8'));
    await writeFile(join(target, name), 'mine');
    const refused = await cf.run(['evidence', 'export', target]);
    assert.equal(refused.code, 76);
    assertNoStack(refused);
    assert.equal(await readFile(join(target, name), 'utf8'), 'mine');
  });
});
