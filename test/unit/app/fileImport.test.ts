import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { Task } from '../../../src/core/task.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

/** Layout A of the older product's documents: what its client exports after it read an API. */
const exported = [
  '### EXPORT_ARTIFACT: DO NOT EDIT - Generated from DTM API',
  '### Last Sync: 2025-09-21T10:00:00.123456+00:00',
  '### Source: DTM API (3 records)',
  'id,title,description,status,priority,project_id,created_at,updated_at',
  'T-1,Alpha,First,pending,high,P-1,2025-09-21T10:00:00Z,2025-09-21T10:00:00Z',
  'T-2,"Beta, with comma",,in_progress,medium,P-1,2025-09-21T10:00:00Z,',
  'T-3,"He said ""x""",Line,completed,low,,,',
];
/** Layout B, as its Python writer leaves it: columns in any order, lists as Python text, `None` for nothing. */
const projects = [
  'status,id,title,description,kpi_primary,start_date',
  'on_hold,P-20250827-AB,Old,None,Uptime,2025-01-02',
];
const sprints = [
  'id,project_id,title,goal,status,start_date,end_date',
  'S-9,P-20250827-AB,Nine,Ship it,active,2025-02-01,2025-02-14',
];
const tasks = [
  'title,id,summary,status,priority,assignees,labels,depends_on,blocks,project_id,sprint_id,target_date,done_date,severity,risk_notes,critical_path',
  `Base,T-1,About the base,closed,critical,"['ana', ""o'neil""]",a|b,None,T-2,P-20250827-AB,S-9,2025-02-10,2025-02-09,None,"wind, rain",True`,
  `Next,T-2,None,blocked,low,"ana, ben","[""x"", ""ü""]",[],,P-20250827-AB,S-404,None,None,high,,False`,
];

describe('importing the files of an older tracker', () => {
  const root = useTemporaryFolder('file-import');
  const tracker = () => join(root(), 'old');
  let app: DtmApp;

  beforeEach(async () => {
    await mkdir(join(root(), 'workspace'));
    app = await openTestApp(join(root(), 'state'), join(root(), 'workspace'));
  });
  afterEach(() => app.close());

  /** @param lines ended by CRLF, as Python's csv module does */
  async function leave(name: string, lines: readonly string[]): Promise<void> {
    await mkdir(dirname(join(tracker(), name)), { recursive: true });
    await writeFile(join(tracker(), name), `${lines.join('\r\n')}\r\n`);
  }
  async function leaveLayoutB(): Promise<void> {
    await leave('trackers/csv/projects.csv', projects);
    await leave('trackers/csv/sprints.csv', sprints);
    await leave('trackers/csv/tasks.csv', tasks);
  }
  const task = (id: string): Task => app.tracker.get('task', id) ?? assert.fail(`there is no ${id}`);

  it('brings an export, in our words, and says that it is one', async () => {
    await leave('tasks.csv', exported);
    const plan = await app.planFileImport(tracker());
    assert.deepEqual(
      [plan.toCreate, plan.authority, plan.problems],
      [{ projects: 2, sprints: 0, tasks: 3 }, { sentinel: null, exports: ['tasks.csv'] }, []],
    );
    await app.runImport(plan);
    const found = ['T-1', 'T-2', 'T-3'].map((id) => task(id));
    assert.deepEqual(
      found.map(({ title, status, priority }) => [title, status, priority]),
      [
        ['Alpha', 'new', 'p1'],
        ['Beta, with comma', 'in_progress', 'p2'],
        ['He said "x"', 'done', 'p3'],
      ],
    );
    assert.deepEqual([found[0]?.projectId, found[0]?.createdAt], ['P-1', '2025-09-21T10:00:00.000Z']);
    assert.ok(app.tracker.get('project', found[2]?.projectId ?? ''), 'a task without a project gets one');
  });

  it('brings a whole tracker by the names of its columns, and keeps what has no field here', async () => {
    await leaveLayoutB();
    await app.runImport(await app.planFileImport(tracker()));
    const [base, next] = [task('T-1'), task('T-2')];
    assert.deepEqual(
      [base.assignees, base.labels, base.description],
      [['ana', "o'neil"], ['a', 'b'], 'About the base'],
    );
    assert.deepEqual(
      [base.status, base.priority, base.sprintId, base.dueAt?.slice(0, 10)],
      ['done', 'p0', 'S-9', '2025-02-10'],
    );
    assert.deepEqual(base.custom, { done_date: '2025-02-09', risk_notes: 'wind, rain', critical_path: 'True' });
    assert.deepEqual([next.assignees, next.labels, next.description], [['ana', 'ben'], ['x', 'ü'], '']);
    assert.deepEqual([next.dependsOn, next.sprintId, next.status], [['T-1'], null, 'blocked']);
    assert.match(next.blockedReason ?? '', /not said/);
    assert.equal(next.custom.severity, 'high');
    const project = app.tracker.get('project', 'P-20250827-AB');
    assert.deepEqual([project?.name, project?.status, project?.startDate], ['Old', 'paused', '2025-01-02']);
    assert.equal(app.tracker.get('sprint', 'S-9')?.goal, 'Ship it');
  });

  it('changes nothing the second time, whatever was done here meanwhile', async () => {
    await leaveLayoutB();
    await app.runImport(await app.planFileImport(join(tracker(), 'trackers/csv')));
    await app.tracker.update('task', 'T-1', { title: 'Renamed here' });
    await app.tracker.delete('task', 'T-2');
    const again = await app.planFileImport(tracker());
    assert.deepEqual([again.entities, again.known], [[], 4]);
    await app.runImport(again);
    assert.deepEqual(
      app.tracker.list('task', everything).items.map(({ title }) => title),
      ['Renamed here'],
    );
  });

  it('takes what can be read, and names the rest by file, line and column', async () => {
    const lines = [
      'id,title,status',
      'T-1,One,new',
      ',No id,new',
      'T-1,Again,new',
      'T-5,Word,wobbly',
      'T-6,Too,many,cells',
    ];
    await leave('tasks.csv', [...lines, 'T-7,Seven,done', 'T-8,"never closed,new']);
    const plan = await app.planFileImport(join(tracker(), 'tasks.csv'));
    assert.deepEqual(
      plan.problems.map(({ file, line, column, message }) => `${file}:${line} ${column ?? '-'} ${message}`).sort(),
      [
        'tasks.csv:3 id the row has no id',
        'tasks.csv:4 id T-1 stands in line 2 already',
        'tasks.csv:5 status “wobbly” is not known here: kept as custom.status',
        'tasks.csv:6 - the row has another number of cells than there are columns',
        'tasks.csv:8 - a quote is opened here and never closed: what follows cannot be read',
      ],
    );
    assert.deepEqual(
      plan.entities.filter(({ id }) => id.startsWith('T-')).map(({ id }) => id),
      ['T-1', 'T-5', 'T-7'],
    );
    const wobbly = plan.entities.find(({ id }) => id === 'T-5');
    assert.deepEqual([wobbly?.status, wobbly?.custom], ['new', { status: 'wobbly' }]);
  });

  it('only reads', async () => {
    await leaveLayoutB();
    await leave('trackers/DB_AUTHORITY.SENTINEL', ['']);
    const names = async () => (await readdir(tracker(), { recursive: true })).sort();
    const before = await names();
    const plan = await app.planFileImport(tracker());
    const sentinel = join(tracker(), 'trackers/DB_AUTHORITY.SENTINEL');
    assert.deepEqual(plan.authority, { sentinel, exports: [] }, 'a database has the truth');
    await app.runImport(plan);
    assert.deepEqual(await names(), before);
  });

  it('says what to name where there is nothing, and survives what is no table', async () => {
    for (const path of ['nowhere', '']) {
      await assert.rejects(app.planFileImport(join(root(), path)), { code: 'not-found', hint: /trackers\/csv/ });
    }
    await mkdir(join(tracker(), 'tasks.csv'), { recursive: true });
    await assert.rejects(app.planFileImport(tracker()), { code: 'not-found' });
    await mkdir(join(root(), 'binary'));
    await writeFile(
      join(root(), 'binary', 'tasks.csv'),
      Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 37) % 256)),
    );
    const plan = await app.planFileImport(join(root(), 'binary'));
    assert.deepEqual(plan.entities, []);
  });
});
