import assert from 'node:assert/strict';
import { createOperation, deleteOperations, statusOperations, updateOperation } from '../../src/core/expand.ts';
import { newEntityId } from '../../src/core/ids.ts';
import type { Operation } from '../../src/core/operation.ts';
import type { Sprint } from '../../src/core/sprint.ts';
import type { Task } from '../../src/core/task.ts';
import { MemoryLogger } from '../support/ports.ts';
import { type BoundWorkspace, TaskmanBench } from '../support/taskmanBench.ts';
import { author, newUlid, projectOperation, taskOperation } from '../support/trackerBench.ts';

const bytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

function sprintOperation(projectId: string, more: object = {}): Operation {
  return createOperation(author, 'sprint', newEntityId('sprint', bytes), { projectId, name: 'Sprint', ...more });
}

function taskOf({ tracker }: BoundWorkspace, id: string): Task {
  const task = tracker.visible.get('task', id);
  assert.ok(task, `the workspace has no ${id}`);
  return task;
}

function update(workspace: BoundWorkspace, id: string, draft: object): Operation {
  return updateOperation(author, 'task', taskOf(workspace, id), { ...draft });
}

for (const database of ['sqlite', 'postgres'] as const) {
  describe(`the dialect of TaskMan-v2, on ${database}`, () => {
    const bench = new TaskmanBench(database);

    /** A workspace with a project and some tasks in it, all of it pushed. */
    async function filled(count = 1): Promise<{ workspace: BoundWorkspace; projectId: string; ids: string[] }> {
      const workspace = await bench.open();
      const project = projectOperation();
      const tasks = Array.from({ length: count }, (_, index) => taskOperation(project.id, `task ${index}`));
      await workspace.tracker.commit([project, ...tasks]);
      await workspace.sync();
      assert.deepEqual(workspace.tracker.queue(), []);
      return { workspace, projectId: project.id, ids: tasks.map((task) => task.id) };
    }

    it('creates, and another workspace sees the same', async () => {
      const first = await bench.open();
      const project = projectOperation('Moon');
      const sprint = sprintOperation(project.id, { goal: 'land', startDate: '2026-01-01', endDate: '2026-01-14' });
      const task = taskOperation(project.id, '  land  ', {
        sprintId: sprint.id,
        owner: 'neil',
        labels: ['b', 'a'],
        priority: 'p0',
        estimatePoints: 8,
        acceptanceCriteria: [{ id: 'c1', text: 'soft', done: false }],
        links: [{ title: 'map', url: 'https://moon' }],
        description: '{"json": true}',
      });
      const loose = taskOperation(project.id, '[1]', { dependsOn: [task.id], parentId: task.id });
      await first.tracker.commit([project, sprint, task, loose]);
      const report = await first.sync();
      assert.deepEqual([report.pushed, report.pending, report.rejected, report.conflicts], [4, 0, 0, 0]);
      const second = await bench.open('second');
      await second.sync();
      const seen = taskOf(second, task.id);
      assert.equal(seen.title, 'land');
      assert.equal(seen.description, '{"json": true}');
      assert.deepEqual(seen.labels, ['a', 'b']);
      assert.deepEqual(seen.acceptanceCriteria, [{ id: 'c1', text: 'soft', done: false }]);
      assert.deepEqual([seen.sprintId, seen.owner, seen.priority], [sprint.id, 'neil', 'p0']);
      assert.deepEqual([taskOf(second, loose.id).title, taskOf(second, loose.id).sprintId], ['[1]', null]);
      assert.deepEqual(taskOf(second, loose.id).dependsOn, [task.id]);
      assert.deepEqual(
        [...second.tracker.visible.all('sprint')].map((one) => one.id),
        [sprint.id],
        'no backlog',
      );
      assert.equal(taskOf(first, task.id).title, '  land  ', 'what it stores in another form stays as it was here');
      for (const workspace of [first, second]) assert.equal((await workspace.sync()).pulled, 0);
    });

    it('sends no authorization to anyone', async () => {
      const { workspace, ids } = await filled();
      await workspace.tracker.commit([update(workspace, ids[0] ?? '', { title: 'x' })]);
      await workspace.sync();
      assert.deepEqual(
        bench.taskman.requests.filter((one) => one.headers.authorization !== undefined),
        [],
      );
    });

    it('changes only the fields that were changed, and merges with what others change', async () => {
      const { workspace, ids } = await filled();
      const id = ids[0] ?? '';
      await bench.ask('PATCH', `/tasks/${id}`, { description: 'theirs', risks: [{ risk: 'rain' }] });
      bench.taskman.forgetRequests();
      await workspace.tracker.commit([update(workspace, id, { title: 'ours', labels: ['l'] })]);
      await workspace.sync();
      const patches = bench.taskman.requests.filter((one) => one.method === 'PATCH');
      assert.deepEqual(
        patches.map((one) => JSON.parse(one.body)),
        [{ title: 'ours', labels: ['l'], summary: 'ours' }],
      );
      assert.deepEqual([taskOf(workspace, id).title, taskOf(workspace, id).description], ['ours', 'theirs']);
      assert.deepEqual((await bench.ask('GET', `/tasks/${id}`)).body.risks, [{ risk: 'rain' }]);
    });

    it('reports a conflict where another wrote the same field, and overwrites nothing', async () => {
      const { workspace, ids } = await filled();
      const id = ids[0] ?? '';
      await workspace.tracker.commit([update(workspace, id, { title: 'ours' })]);
      await bench.ask('PATCH', `/tasks/${id}`, { title: 'theirs' });
      const report = await workspace.sync();
      assert.equal(report.conflicts, 1);
      assert.deepEqual(
        workspace.tracker.queue().map((one) => [one.state, one.fields]),
        [['conflict', ['title']]],
      );
      assert.equal((await bench.ask('GET', `/tasks/${id}`)).body.title, 'theirs');
    });

    it('deletes what is as the person saw it, and nothing else; brings it back', async () => {
      const { workspace, ids } = await filled(2);
      const [kept = '', gone = ''] = ids;
      await bench.ask('PATCH', `/tasks/${kept}`, { title: 'changed meanwhile' });
      const before = ids.map((id) => taskOf(workspace, id));
      const none = { sprints: [], tasks: [] };
      await workspace.tracker.commit(before.flatMap((task) => deleteOperations(author, 'task', task, none, false)));
      const report = await workspace.sync();
      assert.deepEqual([report.pushed, report.conflicts], [1, 1]);
      assert.equal((await bench.ask('GET', `/tasks/${kept}`)).status, 200);
      assert.equal((await bench.ask('GET', `/tasks/${gone}`)).status, 404);
      const restored = before[1];
      assert.ok(restored);
      const { opId, at, account, surface } = taskOperation('P-1');
      await workspace.tracker.commit([
        { opId, at, account, surface, kind: 'restore', entity: 'task', id: gone, before: restored },
      ]);
      await workspace.sync();
      assert.equal((await bench.ask('GET', `/tasks/${gone}`)).body.title, 'task 1');
      assert.equal(taskOf(workspace, gone).title, 'task 1');
    });

    it('believes in a deletion only when the server says so about the one', async () => {
      const { workspace, ids } = await filled(3);
      bench.taskman.active.remove('tasks', ids[1] ?? '');
      const report = await workspace.sync();
      assert.equal(report.pulled, 1);
      assert.equal(workspace.tracker.visible.get('task', ids[1] ?? ''), undefined);
      assert.equal(workspace.tracker.visible.count('task'), 2);
    });

    it('loses no row while another writer moves them from page to page', async () => {
      const { workspace, projectId } = await filled(1);
      const sprint = String(bench.taskman.active.rows('sprints')[0]?.id);
      for (let index = 0; index < 250; index++)
        bench.taskman.active.plant('tasks', { ...plantable(`T-X${index}`, projectId, sprint), title: `n${index}` });
      let moved = 0;
      const undo = bench.taskman.faults.add({
        when: 'before effect',
        method: 'GET',
        path: '/api/v1/tasks',
        act: () => {
          if (moved < 4) bench.taskman.active.write('tasks', `T-X${moved}`, { title: `moved ${moved++}` });
        },
      });
      await workspace.sync();
      undo();
      assert.equal(workspace.tracker.visible.count('task'), 251);
      assert.equal((await workspace.sync()).error, undefined);
      assert.ok(moved > 2);
      for (let index = 0; index < moved; index++)
        assert.equal(taskOf(workspace, `T-X${index}`).title, `moved ${index}`);
    });

    for (const [method, path] of [
      ['POST', /^\/api\/v1\/projects$/],
      ['POST', /^\/api\/v1\/sprints$/],
      ['POST', /^\/api\/v1\/tasks$/],
      ['PATCH', /./],
      ['PUT', /./],
      ['DELETE', /./],
    ] as const) {
      it(`finds out what became of a ${method} ${path.source} whose answer was lost`, async () => {
        const workspace = await bench.open();
        const lose = () => bench.taskman.faults.add({ when: 'after effect', act: 'reset', method, path, times: 1 });
        const until = async () => {
          for (let round = 0; round < 3; round++) await workspace.tracker.sync(10_000);
          assert.deepEqual(workspace.tracker.queue(), []);
        };
        const undo = lose();
        const project = projectOperation();
        const sprint = sprintOperation(project.id);
        const task = taskOperation(project.id, 'one', { sprintId: sprint.id });
        await workspace.tracker.commit([project, sprint, task]);
        await until();
        const seen = workspace.tracker.visible.get('sprint', sprint.id);
        assert.ok(seen);
        await workspace.tracker.commit([
          update(workspace, task.id, { title: 'two' }),
          updateOperation(author, 'sprint', seen, { goal: 'more' }),
        ]);
        await until();
        await workspace.tracker.commit(
          deleteOperations(author, 'task', taskOf(workspace, task.id), { sprints: [], tasks: [] }, false),
        );
        await until();
        assert.equal(undo(), 1, 'the answer was lost');
        assert.equal((await bench.ask('GET', `/tasks/${task.id}`)).status, 404);
        assert.equal((await bench.ask('GET', `/sprints/${sprint.id}`)).body.goal, 'more');
        assert.equal(bench.taskman.active.rows('sprints').length, 1);
      });
    }

    it('recognises changes that took effect before a crash could record any of their answers', async () => {
      const { workspace, projectId, ids } = await filled();
      const id = ids[0] ?? '';
      const created = taskOperation(projectId, 'first');
      const later = { ...taskOf(workspace, id), id: created.id, title: 'first' };
      const open = { id: 'c1', text: 'it holds', done: false };
      const met = { ...open, done: true };
      const second = { title: ' second ', acceptanceCriteria: [open] };
      await workspace.tracker.commit([
        ...statusOperations(author, 'task', taskOf(workspace, id), 'done'),
        created,
        updateOperation(author, 'task', later, second),
        updateOperation(author, 'task', { ...later, ...second }, { title: 'third', acceptanceCriteria: [met] }),
      ]);
      const pending = workspace.tracker.queue().map((one) => one.operation);
      const nothing = { get: () => null, version: () => 0, all: () => [] };
      const results = await workspace.client.push(pending, AbortSignal.timeout(10_000), nothing);
      assert.ok(results.every((result) => result.outcome === 'applied'));
      bench.taskman.forgetRequests();
      const report = await workspace.sync();
      assert.deepEqual([report.conflicts, report.rejected, report.pending], [0, 0, 0]);
      assert.equal(bench.taskman.requests.filter((one) => one.method !== 'GET').length, 0, 'nothing is sent again');
      assert.equal(taskOf(workspace, created.id).title, 'third');
      assert.equal(taskOf(workspace, id).status, 'done');
    });

    it('stops a group at the first member that fails, and keeps the rest of it back', async () => {
      const { workspace, projectId, ids } = await filled(2);
      const [first = '', second = ''] = ids;
      const groupId = newUlid();
      const steps = [first, second].map((id) =>
        updateOperation(author, 'task', taskOf(workspace, id), { title: 'g' }, groupId),
      );
      const other = taskOperation(projectId, 'independent');
      await bench.ask('PATCH', `/tasks/${first}`, { title: 'theirs' });
      await workspace.tracker.commit([...steps, other]);
      const report = await workspace.sync();
      assert.deepEqual([report.pushed, report.conflicts, report.pending], [1, 1, 1]);
      assert.equal((await bench.ask('GET', `/tasks/${second}`)).body.title, 'task 1');
    });

    it('keeps what the server has no place for in the workspace', async () => {
      const { workspace, ids } = await filled();
      const id = ids[0] ?? '';
      bench.taskman.forgetRequests();
      const local = { dueAt: '2026-06-01T00:00:00.000Z', custom: { a: 1 }, rank: 'a0' };
      await workspace.tracker.commit([update(workspace, id, local)]);
      await workspace.sync();
      assert.equal(bench.taskman.count('PATCH'), 0);
      await bench.ask('PATCH', `/tasks/${id}`, { title: 'theirs' });
      await workspace.sync();
      const { dueAt, custom, rank, title } = taskOf(workspace, id);
      assert.deepEqual({ dueAt, custom, rank, title }, { ...local, title: 'theirs' });
      assert.ok(workspace.client.capabilities.localOnly.task.includes('dueAt'));
      await workspace.close();
      const again = await bench.open();
      assert.equal((await again.sync()).pulled, 0);
      assert.equal(taskOf(again, id).dueAt, local.dueAt);
    });

    it('keeps committed points where the database can, and in the workspace where it cannot', async () => {
      const { workspace, projectId } = await filled();
      const sprint = sprintOperation(projectId, { committedPoints: 10, velocityTargetPoints: 5 });
      await workspace.tracker.commit([sprint]);
      const report = await workspace.sync();
      assert.equal(report.rejected, 0);
      const there = (await bench.ask('GET', `/sprints/${sprint.id}`)).body;
      assert.equal(there.committed_points, database === 'sqlite' ? 10 : null);
      const here = workspace.tracker.visible.get('sprint', sprint.id) as Sprint;
      assert.deepEqual([here.committedPoints, here.velocityTargetPoints], [10, 5]);
      assert.equal(workspace.client.capabilities.localOnly.sprint.includes('committedPoints'), database !== 'sqlite');
    });

    it('says what is wrong with a value, and never shows or logs the driver’s words', async () => {
      const logger = new MemoryLogger();
      const workspace = await bench.open('logged', { logger });
      const project = projectOperation();
      const heavy = taskOperation(project.id, 'heavy', { estimatePoints: 22 });
      const longId = `T-${'x'.repeat(60)}`;
      const long = createOperation(author, 'task', longId, { projectId: project.id, title: 'long id' });
      await workspace.tracker.commit([project, heavy, long]);
      const report = await workspace.sync();
      const texts = JSON.stringify(workspace.tracker.queue().map((one) => one.problem)) + logger.lines.join('\n');
      assert.match(texts, /estimate_points: Input should be less than or equal to 21/);
      assert.equal(report.rejected, database === 'sqlite' ? 1 : 2);
      assert.doesNotMatch(texts, /INSERT|SELECT|asyncpg|sqlalche|pydantic/i);
    });

    it('shows everything but a row that the server cannot read; that one stays as it was', async () => {
      const { workspace, ids } = await filled(150);
      const [poisoned = '', other = ''] = ids;
      bench.taskman.active.write('tasks', poisoned, { assignees: null });
      bench.taskman.active.plant('tasks', { ...plantable('T-BAD', 'P-1', 'S-1'), priority: 'urgent' });
      await bench.ask('PATCH', `/tasks/${other}`, { title: 'still seen' });
      await workspace.sync();
      assert.equal(taskOf(workspace, other).title, 'still seen');
      assert.equal(taskOf(workspace, poisoned).title, 'task 0');
      assert.equal(workspace.tracker.visible.count('task'), 150);
      const [notice, ...more] = workspace.tracker.status.notices;
      assert.deepEqual(more, []);
      assert.match(notice?.message ?? '', new RegExp(`2 tasks of .* cannot be read \\(${poisoned}\\)`));
      await workspace.tracker.commit([update(workspace, ids[2] ?? '', { title: 'others can be changed' })]);
      assert.equal((await workspace.sync()).pending, 0);
      await workspace.tracker.commit(
        deleteOperations(author, 'task', taskOf(workspace, poisoned), { sprints: [], tasks: [] }, false),
      );
      await workspace.sync();
      bench.taskman.active.remove('tasks', 'T-BAD');
      await workspace.sync();
      assert.deepEqual(workspace.tracker.status.notices, []);
      assert.equal((await bench.ask('GET', '/tasks')).body.total, 149);
    });

    it('holds back a change of a row that cannot be read, and nothing else', async () => {
      const { workspace, ids } = await filled(2);
      const [poisoned = '', other = ''] = ids;
      bench.taskman.active.write('tasks', poisoned, { assignees: null });
      await workspace.tracker.commit([
        update(workspace, poisoned, { labels: ['waits'] }),
        update(workspace, other, { labels: ['goes'] }),
      ]);
      const report = await workspace.sync();
      assert.deepEqual([report.pushed, report.pending, report.rejected, report.conflicts], [1, 1, 0, 0]);
      bench.taskman.active.write('tasks', poisoned, { assignees: [] });
      assert.equal((await workspace.sync()).pending, 0);
      assert.deepEqual((await bench.ask('GET', `/tasks/${poisoned}`)).body.labels, ['waits']);
    });

    it('waits while the server crashes, but not for ever for one change', async () => {
      const { workspace, ids } = await filled(2);
      const [bad = '', good = ''] = ids;
      const answer = { status: 500, body: { detail: 'Internal server error', status_code: 500 } };
      bench.taskman.faults.add({
        when: 'before effect',
        method: 'PATCH',
        path: `/api/v1/tasks/${bad}`,
        act: answer as never,
      });
      await workspace.tracker.commit([update(workspace, bad, { title: 'x' }), update(workspace, good, { title: 'y' })]);
      for (let round = 0; round < 4; round++)
        assert.equal((await workspace.tracker.sync(10_000)).error?.code, 'unavailable');
      await workspace.sync();
      assert.deepEqual(
        workspace.tracker.queue().map((one) => [one.state, one.problem?.code]),
        [['rejected', 'internal']],
      );
      assert.equal((await bench.ask('GET', `/tasks/${good}`)).body.title, 'y');
    });
  });
}

/** A row that fits, for another program to plant. */
function plantable(id: string, projectId: string, sprintId: string) {
  return {
    id,
    title: id,
    summary: id,
    owner: 'bob',
    status: 'new',
    priority: 'p2',
    primary_project: projectId,
    primary_sprint: sprintId,
    assignees: [],
    related_projects: [],
    related_sprints: [],
  };
}

describe('TaskMan-v2 with two databases', () => {
  const bench = new TaskmanBench('postgres');

  async function bound(): Promise<{ workspace: BoundWorkspace; id: string; projectId: string }> {
    const workspace = await bench.open();
    const project = projectOperation();
    const task = taskOperation(project.id, 'on PostgreSQL');
    await workspace.tracker.commit([project, task]);
    await workspace.sync();
    return { workspace, id: task.id, projectId: project.id };
  }

  it('takes nothing for deleted and sends nothing while the other one is served, and goes on after it', async () => {
    const { workspace, id, projectId } = await bound();
    bench.taskman.primary.goDown();
    await bench.ask('GET', '/../../health');
    await workspace.tracker.commit([taskOperation(projectId, 'meanwhile')]);
    for (let round = 0; round < 3; round++) {
      const { error } = await workspace.tracker.sync(10_000);
      assert.equal(error?.code, 'incompatible', error?.message);
      assert.match(`${error.message} ${error.hint}`, /fallback, an SQLite file.*data of before|former database/);
    }
    assert.equal(workspace.tracker.status.connection.kind, 'incompatible');
    assert.equal(workspace.tracker.visible.count('task'), 2);
    assert.deepEqual(bench.taskman.fallback.rows('tasks'), []);
    assert.deepEqual(bench.taskman.fallback.rows('projects'), []);
    bench.taskman.primary.comeUp();
    const report = await workspace.sync();
    assert.equal(report.pushed, 1);
    assert.equal(taskOf(workspace, id).title, 'on PostgreSQL');
  });

  it('discards a pull in the midst of which the database changed', async () => {
    const { workspace, id } = await bound();
    bench.taskman.faults.add({
      when: 'before effect',
      method: 'GET',
      path: '/api/v1/sprints',
      times: 1,
      act: async () => {
        bench.taskman.primary.goDown();
        await fetch(`${bench.taskman.origin}/health`);
      },
    });
    const { error } = await workspace.tracker.sync(10_000);
    assert.equal(error?.code, 'incompatible', error?.message);
    assert.equal(taskOf(workspace, id).title, 'on PostgreSQL');
  });

  it('waits, and rejects nothing, while the database does not answer', async () => {
    const { workspace, id } = await bound();
    await workspace.tracker.commit([update(workspace, id, { title: 'later' })]);
    // It is gone between the question about its health and the lists.
    const undo = bench.taskman.faults.add({
      when: 'before effect',
      path: /^\/api\/v1\//,
      act: () => bench.taskman.primary.goDown(),
    });
    const { error } = await workspace.tracker.sync(10_000);
    assert.equal(error?.code, 'unavailable', error?.message);
    assert.equal(workspace.tracker.status.connection.kind, 'degraded');
    undo();
    bench.taskman.primary.comeUp();
    assert.equal((await workspace.sync()).pushed, 1);
  });
});
