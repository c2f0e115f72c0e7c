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

  it('says everything of the files in JSON, too, and the dry run what the import then does', async () => {
    const cf = shell();
    const folder = join(cf.workspace, 'trackers/csv');
    await mkdir(join(folder, 'sprints.csv'), { recursive: true });
    await writeFile(join(cf.workspace, 'trackers/DB_AUTHORITY.SENTINEL'), '');
    const rows = ['id,title,project_id,depends_on', 'T-1,One,P-1,T-2', 'T-2,Two,P-1,T-1', 'T-3,Three,,', ',No id,,'];
    await writeFile(join(folder, 'tasks.csv'), rows.join('\n'));
    await writeFile(join(cf.workspace, 'Remediation.csv'), 'Ticket ID,Title\nREM-001,"First\nticket"\n');
    const dry = await cf.ok('import', '.', '--dry-run', '--json');
    for (const said of [
      /warning: the database has the authority, says \S+trackers.DB_AUTHORITY\.SENTINEL/,
      /note: project P-1 is named by 2 tasks and has no row: it will be made/,
      /note: 2 tasks name no project: P-WITHOUT-PROJECT will be made for them/,
      /note: sprints\.csv: a folder of this name/,
      /note: tasks\.csv:3, depends_on: T-2 depends on T-1 in a circle/,
    ])
      assert.match(dry.stderr, said);
    const done = await cf.ok('import', '.', '--yes', '--json');
    const { created, ...planned } = dry.json().item;
    assert.equal(created, null);
    assert.deepEqual({ ...done.json().item, created: null }, { ...planned, created: null });
    assert.deepEqual(
      [planned.files, planned.made_projects, planned.authority, planned.sent],
      [
        [
          { file: 'tasks.csv', rows: 4, to_create: 3, unchanged: 0, different: 0, deleted: 0, skipped: 1 },
          { file: 'Remediation.csv', rows: 1, to_create: 1, unchanged: 0, different: 0, deleted: 0, skipped: 0 },
        ],
        [
          { id: 'P-1', sprints: 0, tasks: 2 },
          { id: 'P-WITHOUT-PROJECT', sprints: 0, tasks: 2 },
        ],
        { sentinel: join(cf.workspace, 'trackers/DB_AUTHORITY.SENTINEL'), exports: [] },
        null,
      ],
    );
    const again = await cf.ok('import', '.', '--yes');
    assert.match(again.stdout, /^ {2}tasks\.csv: 4 rows: 3 here already, 1 skipped$/m);
    assert.match(again.stdout, /^created 0 projects, 0 sprints and 0 tasks/);
  });

  it('wants either a path or a server, and files where the path leads', async () => {
    const cf = shell();
    assertRefused(await cf.run(['import']), 64, /nothing is named/, /cf_cli import trackers\/csv/);
    assertRefused(await cf.run(['import', '.', '--from', 'http://127.0.0.1:1']), 64, /at once/, /--from URL/);
    assertRefused(await cf.run(['import', 'nowhere']), 66, /no tasks\.csv/, /trackers\/csv/);
  });
});
