import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../src/core/draft.ts';
import type { Entity, EntityByKind } from '../../../src/core/entity.ts';
import type { DtmError } from '../../../src/core/errors.ts';
import { relationProblem, runCheck, runCheckAsync } from '../../../src/core/relations.ts';

const at = '2026-03-01T12:00:00.000Z';
type Task = EntityByKind['task'];

function task(id: string, draft: object = {}): Task {
  return newEntity('task', id, { projectId: 'P-1', title: 'x', ...draft }, at, 'ada');
}

const world = new Map<string, Entity>(
  [
    newEntity('project', 'P-1', { name: 'One' }, at, 'ada'),
    newEntity('project', 'P-2', { name: 'Two' }, at, 'ada'),
    newEntity('sprint', 'S-1', { name: 'One', projectId: 'P-1' }, at, 'ada'),
    task('T-1'),
  ].map((entity) => [entity.id, entity]),
);

function check(next: Task, previous: Task | null = null, others: ReadonlyMap<string, Entity> = world) {
  return runCheck(relationProblem({ entity: 'task', kind: 'update' }, next, previous), (id) => others.get(id) ?? null);
}

function expectProblem(problem: DtmError | undefined, code: string, message: RegExp, path: string): void {
  assert.equal(problem?.code, code);
  assert.match(problem.message, message);
  assert.equal(problem.fields[0]?.path, path);
  assert.match(problem.hint ?? '', new RegExp(path));
}

describe('relations', () => {
  it('must exist', () => {
    assert.equal(check(task('T-9', { sprintId: 'S-1', parentId: 'T-1', dependsOn: ['T-1'] })), undefined);
    expectProblem(check(task('T-9', { projectId: 'P-9' })), 'validation', /there is no project P-9/, 'project_id');
    expectProblem(check(task('T-9', { sprintId: 'S-9' })), 'validation', /there is no sprint S-9/, 'sprint_id');
    expectProblem(check(task('T-9', { parentId: 'T-8' })), 'validation', /there is no task T-8/, 'parent_id');
    expectProblem(check(task('T-9', { dependsOn: ['T-8'] })), 'validation', /there is no task T-8/, 'depends_on');
    const sprint = newEntity('sprint', 'S-2', { name: 'x', projectId: 'P-9' }, at, 'ada');
    const lost = runCheck(relationProblem({ entity: 'sprint', kind: 'create' }, sprint, null), () => null);
    expectProblem(lost, 'validation', /there is no project P-9/, 'project_id');
  });

  it('keep a task in a sprint of its own project, also when the task moves', () => {
    const message = /sprint S-1 belongs to P-1, not to P-2/;
    const stray = task('T-9', { projectId: 'P-2', sprintId: 'S-1' });
    expectProblem(check(stray), 'sprint-project-mismatch', message, 'sprint_id');
    expectProblem(check(stray, task('T-9', { sprintId: 'S-1' })), 'sprint-project-mismatch', message, 'sprint_id');
  });

  it('that stood before are not checked again', () => {
    const before = task('T-9', { sprintId: 'S-gone', parentId: 'T-gone', dependsOn: ['T-gone'] });
    assert.equal(check({ ...before, title: 'corrected' }, before), undefined);
  });

  it('need not exist any more for a task that is brought back, but its project and sprint must', () => {
    const back = (fields: object) =>
      runCheck(relationProblem({ entity: 'task', kind: 'restore' }, task('T-9', fields), null), (id) =>
        id === 'T-2' ? task('T-2', { dependsOn: ['T-9'] }) : (world.get(id) ?? null),
      );
    assert.equal(back({ parentId: 'T-gone', dependsOn: ['T-gone'] }), undefined);
    expectProblem(back({ sprintId: 'S-gone' }), 'validation', /there is no sprint S-gone/, 'sprint_id');
    expectProblem(back({ projectId: 'P-gone' }), 'validation', /there is no project P-gone/, 'project_id');
    expectProblem(back({ dependsOn: ['T-2'] }), 'dependency-cycle', /T-9/, 'depends_on');
  });

  it('never lead to the task itself', () => {
    expectProblem(check(task('T-9', { parentId: 'T-9' })), 'dependency-cycle', /T-9/, 'parent_id');
    expectProblem(check(task('T-9', { dependsOn: ['T-9'] })), 'dependency-cycle', /T-9/, 'depends_on');
  });

  it('find exactly the cycles that a walk over the whole graph finds', () => {
    const graphs = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(graphs, fc.constantFrom('dependsOn', 'parentId'), (edges, field) => {
        const links = edges.map((targets) => (field === 'dependsOn' ? targets : targets.slice(0, 1)));
        const ids = (targets: readonly number[]) => targets.map((target) => `T-${target}`);
        const draft = (targets: readonly number[]) =>
          field === 'dependsOn' ? { dependsOn: ids(targets) } : { parentId: ids(targets)[0] ?? null };
        const tasks = links.map((targets, index) => task(`T-${index}`, draft(targets)));
        const others = new Map<string, Entity>([...world, ...tasks.map((entity) => [entity.id, entity] as const)]);
        const problem = check(tasks[0]!, null, others);
        assert.equal(problem?.code === 'dependency-cycle', reaches(links, links[0]!, 0));
      }),
      { numRuns: 500 },
    );
  });

  it('are looked at once where an entity is new: nothing refers to it yet', () => {
    const chain = Array.from({ length: 100 }, (_, index) =>
      task(`T-C${index}`, index === 0 ? {} : { dependsOn: [`T-C${index - 1}`], parentId: `T-C${index - 1}` }),
    );
    const others = new Map<string, Entity>([...world, ...chain.map((entity) => [entity.id, entity] as const)]);
    const asked: string[] = [];
    const find = (id: string) => {
      asked.push(id);
      return others.get(id) ?? null;
    };
    const next = task('T-9', { dependsOn: ['T-C99'], parentId: 'T-C99' });
    assert.equal(runCheck(relationProblem({ entity: 'task', kind: 'create' }, next, null), find), undefined);
    assert.deepEqual(asked, ['P-1', 'T-C99', 'T-C99'], 'and not the whole chain');
    for (const [field, path] of [
      ['dependsOn', 'depends_on'],
      ['parentId', 'parent_id'],
    ] as const) {
      const own = task('T-9', { [field]: field === 'parentId' ? 'T-9' : ['T-9'] });
      const problem = runCheck(relationProblem({ entity: 'task', kind: 'create' }, own, null), find);
      expectProblem(problem, 'dependency-cycle', /T-9 would depend on itself/, path);
    }
  });

  it('are the same for a store that answers later', async () => {
    const stray = task('T-9', { projectId: 'P-9' });
    const later = await runCheckAsync(
      relationProblem({ entity: 'task', kind: 'create' }, stray, null),
      async (id) => world.get(id) ?? null,
    );
    assert.equal(later?.message, check(stray)?.message);
  });
});

function reaches(links: readonly (readonly number[])[], from: readonly number[], goal: number): boolean {
  const reached = new Set(from);
  for (const node of reached) for (const next of links[node]!) reached.add(next);
  return reached.has(goal);
}
