import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Shell, useShell } from './cfCli.ts';
import { assertNoStack } from './expectations.ts';

describe('cf_cli: edits of the CSV files', () => {
  const shell = useShell();
  const fileOf = (cf: Shell) => join(cf.workspace, '.dtm/tasks.csv');

  async function edit(cf: Shell, change: (text: string) => string): Promise<void> {
    await writeFile(fileOf(cf), change(await readFile(fileOf(cf), 'utf8')));
  }

  const titlesOf = async (cf: Shell) =>
    (await cf.ok('task', 'list', '--json'))
      .json()
      .items.map(({ title }) => String(title))
      .sort();

  it('takes in what a spreadsheet changed with the next command, and names what is wrong', async () => {
    const cf = shell();
    for (const title of ['First', 'Second']) await cf.ok('task', 'create', title);
    await edit(cf, (text) => text.replace(',First,', ',Changed,').replace(/(Second,.*?),p2,/, '$1,urgent,'));
    const check = await cf.run(['csv', 'check']);
    assert.equal(check.code, 65);
    assert.match(check.stdout, /tasks\.csv +\d +priority +priority must be one of p0, p1, p2, p3/);
    assertNoStack(check);
    assert.deepEqual(await titlesOf(cf), ['Changed', 'Second']);
    await edit(cf, (text) => text.replace(',urgent,', ',p0,'));
    assert.equal((await cf.ok('csv', 'check', '--json')).json().total, 0);
  });

  it('writes rows back that are gone where nobody can be asked, and deletes them when told to', async () => {
    const cf = shell();
    for (const title of ['First', 'Second']) await cf.ok('task', 'create', title);
    const without = (text: string) => text.replace(/^.*,Second,.*\n/m, '');
    await edit(cf, without);
    const list = await cf.ok('task', 'list');
    assert.match(list.stderr, /1 row gone from the CSV files: written back, nothing was deleted/);
    assert.match(await readFile(fileOf(cf), 'utf8'), /,Second,/);
    await edit(cf, without);
    const both = await cf.run(['csv', 'decide', '--keep-missing', '--delete-missing']);
    assert.equal(both.code, 64);
    const decided = await cf.ok('csv', 'decide', '--delete-missing', '--yes', '--json');
    assert.deepEqual(decided.json().item.decided, { missing: 'delete' });
    assert.deepEqual(await titlesOf(cf), ['First']);
  });

  it('reads nothing from a folder that came from elsewhere before it is trusted', async () => {
    const cf = shell();
    await cf.ok('task', 'create', 'Brought along');
    const clone = join(cf.stateHome, 'clone');
    await mkdir(clone);
    await cp(join(cf.workspace, '.dtm'), join(clone, '.dtm'), { recursive: true });
    const list = await cf.ok('-C', clone, 'task', 'list', '--json');
    assert.equal(list.json().total, 0);
    assert.match(list.stderr, /came with this folder; nothing was read from it\nhint: .*cf_cli trust/);
    assert.equal((await cf.run(['-C', clone, 'trust'])).code, 64, 'it needs a yes');
    assert.match((await cf.ok('-C', clone, 'trust', '--yes')).stdout, /1 project, 0 sprints, 1 task/);
    assert.equal((await cf.ok('-C', clone, 'task', 'list', '--json')).json().total, 1);
  });
});
