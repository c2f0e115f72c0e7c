import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { ImportPlan } from '../../../src/app/importing.ts';
import { labelOf } from '../../../src/core/entity.ts';
import type { Task } from '../../../src/core/task.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

describe('what an import of files says of them', () => {
  const root = useTemporaryFolder('import-report');
  const tracker = () => join(root(), 'old');
  let app: DtmApp;

  beforeEach(async () => {
    await mkdir(join(root(), 'workspace'));
    app = await openTestApp(join(root(), 'state'), join(root(), 'workspace'));
  });
  afterEach(() => app.close());

  async function leave(name: string, ...lines: readonly string[]): Promise<void> {
    await mkdir(dirname(join(tracker(), name)), { recursive: true });
    await writeFile(join(tracker(), name), `${lines.join('\r\n')}\r\n`);
  }
  const plan = (): Promise<ImportPlan> => app.planFileImport(tracker());
  async function bring(): Promise<ImportPlan> {
    const planned = await plan();
    await app.runImport(planned);
    return planned;
  }
  const task = (id: string): Task => app.tracker.get('task', id) ?? assert.fail(`there is no ${id}`);
  const said = ({ problems }: ImportPlan): string[] =>
    problems.map(({ file, line, column, message }) => `${file}:${line ?? '-'} ${column ?? '-'} ${message}`);

  describe('of references', () => {
    it('names those that lead nowhere, and keeps them beside the entity', async () => {
      await leave('projects.csv', 'id,title', 'P-1,One', 'P-2,Two');
      await leave('sprints.csv', 'id,project_id,title', 'S-2,P-2,Other');
      await leave(
        'tasks.csv',
        'id,title,project_id,sprint_id,parent_id,depends_on,blocks',
        'T-1,One,P-1,S-404,,,',
        'T-2,Two,P-1,S-2,T-404,T-1|T-405,T-406',
        'T-3,Three,P-1,,,T-3,',
      );
      const planned = await bring();
      assert.deepEqual(said(planned), [
        'tasks.csv:2 sprint_id there is no S-404 in these files or in this tracker: kept as custom.sprint_id',
        'tasks.csv:3 blocks there is no T-406 in these files or in this tracker: kept as custom.blocks',
        'tasks.csv:3 sprint_id S-2 belongs to P-2, not to P-1: kept as custom.sprint_id',
        'tasks.csv:3 parent_id there is no T-404 in these files or in this tracker: kept as custom.parent_id',
        'tasks.csv:3 depends_on there is no T-405 in these files or in this tracker: kept as custom.depends_on',
        'tasks.csv:4 depends_on T-3 cannot depend on itself: kept as custom.depends_on',
      ]);
      assert.deepEqual(task('T-1').custom, { sprint_id: 'S-404' });
      assert.deepEqual(task('T-2').custom, {
        sprint_id: 'S-2',
        parent_id: 'T-404',
        depends_on: ['T-405'],
        blocks: ['T-406'],
      });
      assert.deepEqual([task('T-2').dependsOn, task('T-2').sprintId, task('T-2').parentId], [['T-1'], null, null]);
      assert.deepEqual(task('T-3').custom, { depends_on: ['T-3'] });
    });

    it('keeps those to what an earlier import brought', async () => {
      await leave('projects.csv', 'id,title', 'P-1,One');
      await leave('sprints.csv', 'id,project_id,title', 'S-1,P-1,Sprint');
      await leave('tasks.csv', 'id,title,project_id', 'T-1,One,P-1', 'T-9,Gone,P-1');
      await bring();
      await app.tracker.delete('task', 'T-9');
      const later = join(root(), 'later');
      await mkdir(later);
      const rows = ['T-2,Two,P-1,S-1,T-1,T-1|T-9,T-1', 'T-3,Three,,S-1,,,'];
      const header = 'id,title,project_id,sprint_id,parent_id,depends_on,blocks';
      await writeFile(join(later, 'tasks.csv'), [header, ...rows].join('\n'));
      const planned = await app.planFileImport(later);
      await app.runImport(planned);
      assert.deepEqual(said(planned), [
        'tasks.csv:2 blocks T-1 is here already, and stays as it is: kept as custom.blocks',
        'tasks.csv:2 depends_on T-9 was deleted here: kept as custom.depends_on',
      ]);
      const two = task('T-2');
      assert.deepEqual([two.sprintId, two.parentId, two.dependsOn], ['S-1', 'T-1', ['T-1']]);
      assert.deepEqual([task('T-3').projectId, task('T-3').sprintId], ['P-1', 'S-1'], 'the project is the sprint’s');
      assert.deepEqual(planned.toCreate, { projects: 0, sprints: 0, tasks: 2 });
      assert.deepEqual(planned.madeProjects, []);
    });

    it('leaves out of a circle what closes it, says which, and goes in with the rest', async () => {
      await leave(
        'tasks.csv',
        'id,title,project_id,parent_id,depends_on,blocks',
        'T-1,One,P-1,,T-2,',
        'T-2,Two,P-1,,T-3,',
        'T-3,Three,P-1,,T-1,',
        'T-4,Four,P-1,T-5,,T-6',
        'T-5,Five,P-1,T-4,,',
        'T-6,Six,P-1,,,T-4',
        'T-7,Epic,P-1,,T-8,',
        'T-8,Part,P-1,T-7,,',
      );
      const planned = await bring();
      assert.deepEqual(said(planned), [
        'tasks.csv:4 depends_on T-3 depends on T-1 in a circle (T-1 → T-2 → T-3 → T-1): kept as custom.depends_on',
        'tasks.csv:5 blocks T-6 depends on T-4 in a circle (T-4 → T-6 → T-4): kept as custom.blocks',
        'tasks.csv:6 parent_id T-5 is part of T-4 in a circle (T-4 → T-5 → T-4): kept as custom.parent_id',
      ]);
      assert.deepEqual(task('T-3').custom, { depends_on: ['T-1'] });
      assert.deepEqual([task('T-1').dependsOn, task('T-2').dependsOn], [['T-2'], ['T-3']]);
      assert.deepEqual(
        [task('T-4').dependsOn, task('T-6').dependsOn, task('T-4').custom],
        [['T-6'], [], { blocks: ['T-6'] }],
      );
      assert.deepEqual([task('T-7').dependsOn, task('T-8').parentId], [['T-8'], 'T-7'], 'that is no circle');
      const again = await plan();
      assert.deepEqual([again.files[0]?.unchanged, said(again)], [8, []]);
    });

    it('says which projects are made because rows name them', async () => {
      await leave('sprints.csv', 'id,project_id,title', 'S-1,P-1,Sprint');
      await leave('tasks.csv', 'id,title,project_id', 'T-1,One,P-1', 'T-2,Two,P-1', 'T-3,Three,', 'T-4,Four,P-1');
      const planned = await bring();
      assert.deepEqual(planned.madeProjects, [
        { id: 'P-1', sprints: 1, tasks: 3, isForHomeless: false },
        { id: 'P-WITHOUT-PROJECT', sprints: 0, tasks: 1, isForHomeless: true },
      ]);
      assert.deepEqual(planned.toCreate, { projects: 2, sprints: 1, tasks: 4 });
      assert.deepEqual((await plan()).madeProjects, []);
    });

    it('leaves out what belongs to a project that was deleted here', async () => {
      await leave('projects.csv', 'id,title', 'P-1,One');
      await bring();
      await app.tracker.delete('project', 'P-1');
      await leave('tasks.csv', 'id,title,project_id,depends_on', 'T-1,One,P-1,', 'T-2,Two,P-2,T-1');
      const planned = await bring();
      assert.deepEqual(said(planned), [
        'tasks.csv:2 project_id project P-1 was deleted here: the row is left out',
        'tasks.csv:3 depends_on there is no T-1 in these files or in this tracker: kept as custom.depends_on',
      ]);
      assert.deepEqual(
        planned.files.map(({ file, created, gone, skipped }) => [file, created, gone, skipped]),
        [
          ['projects.csv', 0, 1, 0],
          ['tasks.csv', 1, 0, 1],
        ],
      );
    });
  });

  describe('of the files themselves', () => {
    it('names the line where a row begins, also behind rows of several lines', async () => {
      await leave(
        'tasks.csv',
        '### a comment',
        'id,title,status,project_id',
        'T-1,"One',
        'two',
        '',
        'four",new,P-1',
        '',
        '### another comment',
        'T-2,"Two',
        'lines",wobbly,P-1',
        'T-3,Too,many,cells,"in',
        'two lines"',
        'T-4,"Odd"quote,new,P-1',
        ',"No',
        'id",new,P-1',
        'T-5,"Five',
        'open,new,P-1',
      );
      const planned = await plan();
      assert.deepEqual(said(planned), [
        'tasks.csv:9 status “wobbly” is not known here: kept as custom.status',
        'tasks.csv:11 - the row has another number of cells than there are columns',
        'tasks.csv:14 id the row has no id',
        'tasks.csv:16 - a quote is opened here and never closed: what follows cannot be read',
      ]);
      const [counts] = planned.files;
      assert.deepEqual([counts?.rows, counts?.created, counts?.skipped], [6, 3, 3]);
      const odd = planned.entities.find(({ id }) => id === 'T-4');
      assert.equal(odd && labelOf(odd), '"Odd"quote');
    });

    it('lets the first of two columns with one name count, keeps the other, and says so', async () => {
      await leave('tasks.csv', 'id,title,status,status,,status_2', 'T-1,One,done,blocked,x,y');
      const planned = await bring();
      assert.deepEqual(said(planned), [
        'tasks.csv:1 status the header has this column again as number 4: the first one counts, this one is kept as “status_3”',
      ]);
      assert.deepEqual(
        [task('T-1').status, task('T-1').custom],
        ['done', { status_3: 'blocked', column_5: 'x', status_2: 'y' }],
      );
    });

    it('says where a folder stands instead of a file, and reads the others', async () => {
      await leave('tasks.csv', 'id,title', 'T-1,One');
      await mkdir(join(tracker(), 'sprints.csv'));
      const planned = await plan();
      assert.deepEqual(said(planned), [
        'sprints.csv:- - a folder of this name stands where the file is expected: nothing was read from it',
      ]);
      assert.equal(planned.toCreate.tasks, 1);
    });

    it('says once that a file has no ids, or that its header cannot be read', async () => {
      await leave('tasks.csv', 'name,title', 'a,One', 'b,Two');
      await leave('sprints.csv', 'id,"title', 'S-1,One');
      const planned = await plan();
      assert.deepEqual(said(planned), [
        'sprints.csv:1 - the names of the columns cannot be read: a quote is opened here and never closed: what follows cannot be read',
        'tasks.csv:2 - the file has no column id: none of its rows can be taken over',
      ]);
      assert.deepEqual(planned.files.at(-1), {
        ...{ file: 'tasks.csv', rows: 2, created: 0, unchanged: 0, different: 0, gone: 0, skipped: 2 },
      });
    });

    it('counts what it names no more, where too much cannot be read', async () => {
      await leave('tasks.csv', 'id,title', ...Array.from({ length: 1_005 }, () => 'a,b,c'), 'T-1,One');
      const planned = await plan();
      assert.equal(planned.problems.length, 1_001);
      assert.ok(said(planned).includes('tasks.csv:- - 5 more problems of this file are not listed'));
      assert.deepEqual([planned.files[0]?.skipped, planned.files[0]?.created], [1_005, 1]);
    });

    it('keeps values that no field of ours can hold, and letters that are not UTF-8 do not go unnoticed', async () => {
      const header = 'id,title,target_date,estimate_points,created_at';
      await leave('tasks.csv', header, `T-1,${'x'.repeat(501)},17.11.2025,many,yesterday`);
      await leave('projects.csv', 'id,title,start_date,end_date', 'P-1,Before,2025-03-01,2025-02-01');
      await mkdir(tracker(), { recursive: true });
      await writeFile(join(tracker(), 'sprints.csv'), Buffer.from('id,title\nS-1,Gr\xfcn\nS-2,Bl\xe4u\n', 'latin1'));
      const planned = await bring();
      assert.deepEqual(said(planned), [
        'projects.csv:2 end_date it would end (2025-02-01) before it starts (2025-03-01): kept as custom.end_date',
        'sprints.csv:2 title the file is not UTF-8: letters that could not be read are shown as \ufffd, here for the first time',
        'tasks.csv:2 title only 500 characters have room, and the rest is cut off: kept as custom.title',
        'tasks.csv:2 target_date “17.11.2025” is no date such as 2026-01-31: kept as custom.target_date',
        'tasks.csv:2 estimate_points “many” is no number from 0 to 1000000: kept as custom.estimate_points',
        'tasks.csv:2 created_at “yesterday” is no date such as 2026-01-31: kept as custom.created_at',
      ]);
      const { title, custom, dueAt, estimatePoints } = task('T-1');
      assert.deepEqual([title.length, dueAt, estimatePoints], [500, null, null]);
      assert.deepEqual(custom, {
        title: 'x'.repeat(501),
        target_date: '17.11.2025',
        estimate_points: 'many',
        created_at: 'yesterday',
      });
      assert.deepEqual(
        (await plan()).files.map(({ unchanged }) => unchanged),
        [1, 2, 1],
      );
    });
  });

  describe('of tickets', () => {
    const header = 'Ticket ID,Title,Priority,Owner,Due Date,Dependencies,Status,Audit Ref,RiskIds';
    const tickets = [
      'REM-001,First,High,ana,2025-11-17,,new,AUD-7,R-002|R-011',
      'REM-002,Second,Medium,ben,17.11.,REM-001,new,,',
      'REM-003,Third,Low,,2025-12-01,REM-001|REM-002|REM-404,new,,R-002',
    ];

    async function assertBrought(planned: ImportPlan): Promise<void> {
      const [first, second, third] = ['T-REM-001', 'T-REM-002', 'T-REM-003'].map(task);
      assert.deepEqual(
        [first?.title, first?.priority, first?.owner, first?.assignees, first?.dueAt, first?.status],
        ['First', 'p1', 'ana', ['ana'], '2025-11-17T00:00:00.000Z', 'new'],
      );
      assert.deepEqual([first?.labels, first?.custom], [['R-002', 'R-011'], { 'Audit Ref': 'AUD-7' }]);
      assert.deepEqual(
        [second?.dependsOn, second?.dueAt, second?.custom],
        [['T-REM-001'], null, { 'Due Date': '17.11.' }],
      );
      assert.deepEqual(third?.dependsOn, ['T-REM-001', 'T-REM-002']);
      const ticketFile = planned.files.at(-1)?.file;
      assert.deepEqual(
        said(planned).filter((one) => one.startsWith(ticketFile ?? '?')),
        [
          `${ticketFile}:3 Due Date “17.11.” is no date such as 2026-01-31: kept as custom.Due Date`,
          `${ticketFile}:4 Dependencies there is no T-REM-404 in these files or in this tracker: kept as custom.Dependencies`,
        ],
      );
    }

    it('brings a file of them that is named, whatever it is called', async () => {
      await leave('Remediation.csv', header, ...tickets);
      const planned = await app.planFileImport(join(tracker(), 'Remediation.csv'));
      await app.runImport(planned);
      await assertBrought(planned);
      assert.equal((await app.planFileImport(join(tracker(), 'Remediation.csv'))).files[0]?.unchanged, 3);
    });

    it('brings those that lie beside a tracker, and no other tables', async () => {
      await leave('trackers/csv/tasks.csv', 'id,title,depends_on', 'T-1,One,REM-001', 'T-REM-003,Here,');
      await leave(
        'Remediation.csv',
        header,
        ...tickets.slice(0, 2),
        tickets[2]?.replace('REM-003', 'REM-004') ?? '',
        tickets[2] ?? '',
      );
      await leave('prices.csv', 'Article,Price', 'x,1');
      const planned = await bring();
      assert.deepEqual(
        planned.files.map(({ file, rows, created, skipped }) => [file, rows, created, skipped]),
        [
          ['tasks.csv', 2, 2, 0],
          ['Remediation.csv', 4, 3, 1],
        ],
      );
      assert.ok(said(planned).includes('Remediation.csv:5 id T-REM-003 stands in tasks.csv:3 already'));
      assert.deepEqual(task('T-1').dependsOn, ['T-REM-001']);
    });

    it('says of another file what may be named', async () => {
      await leave('prices.csv', 'Article,Price', 'x,1');
      const named = app.planFileImport(join(tracker(), 'prices.csv'));
      await assert.rejects(named, {
        code: 'not-found',
        message: /prices\.csv is no file of a tracker/,
        hint: /Ticket ID/,
      });
      assert.equal(await readFile(join(tracker(), 'prices.csv'), 'utf8'), 'Article,Price\r\nx,1\r\n');
    });
  });

  it('brings more than is written at once, and the rest of what was interrupted', async () => {
    const rows = Array.from({ length: 1_100 }, (_, index) => `T-${index},Task ${index},P-1,${index ? 'T-0' : ''}`);
    await leave('tasks.csv', 'id,title,project_id,depends_on', ...rows);
    const planned = await plan();
    await app.runImport({ ...planned, entities: planned.entities.slice(0, 300) });
    const rest = await bring();
    assert.deepEqual(
      rest.files.map(({ created, unchanged, different }) => [created, unchanged, different]),
      [[801, 299, 0]],
    );
    assert.equal(app.tracker.count('task'), 1_100);
    assert.deepEqual(task('T-1099').dependsOn, ['T-0']);
  });

  it('counts beforehand what then happens, file by file', async () => {
    await leave('projects.csv', 'id,title,status', 'P-1,One,on_hold');
    await leave('tasks.csv', 'id,title,project_id,labels', 'T-1,One,P-1,a|b', 'T-2,Two,P-1,', 'T-3,Three,P-1,');
    const first = await plan();
    assert.deepEqual((await plan()).files, first.files);
    await app.runImport(first);
    assert.deepEqual(
      first.files.map(({ rows, created, unchanged }) => [rows, created, unchanged]),
      [
        [1, 1, 0],
        [3, 3, 0],
      ],
    );
    assert.equal(app.tracker.list('task', everything).items.length, 3);
    await app.tracker.update('task', 'T-1', { title: 'Renamed here' });
    await app.tracker.delete('task', 'T-2');
    const rows = ['T-1,One,P-1,a|b', 'T-2,Two,P-1,', 'T-3,Three,P-1,', 'T-4,Four,P-1,', ',Nameless,P-1,'];
    await leave('tasks.csv', 'id,title,project_id,labels', ...rows);
    const second = await bring();
    const counts = { file: 'tasks.csv', rows: 5, created: 1, unchanged: 1, different: 1, gone: 1, skipped: 1 };
    assert.deepEqual(second.files, [
      { file: 'projects.csv', rows: 1, created: 0, unchanged: 1, different: 0, gone: 0, skipped: 0 },
      counts,
    ]);
    assert.equal(task('T-1').title, 'Renamed here');
    assert.deepEqual((await plan()).files[1], { ...counts, created: 0, unchanged: 2 });
  });
});
