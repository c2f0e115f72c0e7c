import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useShell } from './cfCli.ts';
import { assertRefused } from './expectations.ts';

describe('cf_cli import PATH', () => {
  const shell = useShell();
  const lines = ['id,title,status,project_id', 'T-1,One,planned,P-1', ',Nameless,planned,P-1', 'T-2,Two,closed,P-1'];

  it('says beforehand what it will do, does it after a yes, and nothing the second time', async () => {
    const cf = shell();
    await mkdir(join(cf.workspace, 'trackers/csv'), { recursive: true });
    await writeFile(join(cf.workspace, 'trackers/csv/tasks.csv'), lines.join('\r\n'));
    const dry = await cf.ok('import', 'trackers/csv', '--dry-run');
    assert.match(
      dry.stdout,
      /^would create 1 project, 0 sprints and 2 tasks from \S+csv \(CSV files of an older tracker\)/,
    );
    assert.match(dry.stderr, /tasks\.csv:3, id: the row has no id/);
    assert.deepEqual((await cf.ok('task', 'list', '--json')).json().items, []);
    assertRefused(await cf.run(['import', '.']), 64, /needs a yes/, /--yes/);
    const done = (await cf.ok('import', '.', '--yes', '--json')).json();
    assert.deepEqual(
      [done.item.created, done.item.problems],
      [
        { projects: 1, sprints: 0, tasks: 2 },
        [{ file: 'tasks.csv', line: 3, column: 'id', message: 'the row has no id' }],
      ],
    );
    assert.match((await cf.ok('import', '.', '--yes')).stdout, /^created 0 projects.+; 3 were here already/);
    assert.equal((await cf.ok('task', 'list', '--json')).json().items.length, 2);
  });

  it('wants either a path or a server, and files where the path leads', async () => {
    const cf = shell();
    assertRefused(await cf.run(['import']), 64, /nothing is named/, /cf_cli import trackers\/csv/);
    assertRefused(await cf.run(['import', '.', '--from', 'http://127.0.0.1:1']), 64, /at once/, /--from URL/);
    assertRefused(await cf.run(['import', 'nowhere']), 66, /no tasks\.csv/, /trackers\/csv/);
  });
});
