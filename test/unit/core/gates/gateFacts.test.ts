import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../../src/core/draft.ts';
import { createOperation, updateOperation } from '../../../../src/core/expand.ts';
import { GateFacts } from '../../../../src/core/gates/gateFacts.ts';
import { significantWords, TitleMatch } from '../../../../src/core/gates/titleMatch.ts';
import { statusesOf } from '../../../../src/core/lifecycle.ts';
import type { Task } from '../../../../src/core/task.ts';
import { EntityTable } from '../../../../src/workspace/entityTable.ts';
import { authorNamed } from '../../../support/author.ts';

const author = authorNamed();
const projects = ['P-1', 'P-2'];
const sprints = ['S-1', 'S-2'];
const owners = ['ana', 'bob'];
const words = ['fix', 'the', 'login', 'page', 'of', 'Über', 'ＦＩＸ', 'страница', 'fixes', '2', 'a', '…'];
const title = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((chosen) => chosen.join(' '));

const task: fc.Arbitrary<Task> = fc
  .record({
    id: fc.nat({ max: 12 }).map((number) => `T-${number}`),
    projectId: fc.constantFrom(...projects),
    sprintId: fc.option(fc.constantFrom(...sprints)),
    owner: fc.option(fc.constantFrom(...owners)),
    status: fc.constantFrom(...statusesOf('task')),
    estimatePoints: fc.option(fc.constantFrom(0.1, 0.2, 1, 2.5)),
    title,
  })
  .map(({ id, ...draft }) => taskOf(id, draft));

function taskOf(id: string, draft: object): Task {
  return newEntity('task', id, { ...draft }, '2026-11-25T12:00:00.000Z', 'ana');
}

function tableOf(tasks: readonly Task[]): EntityTable {
  const table = new EntityTable();
  for (const each of tasks) table.put(each);
  return table;
}

const noPause = async (): Promise<void> => undefined;

describe('what gates know of all tasks', () => {
  it('is how much is in progress, and in a sprint', () => {
    fc.assert(
      fc.property(fc.array(task, { maxLength: 40 }), (tasks) => {
        const table = tableOf(tasks);
        const facts = new GateFacts(table);
        const all = [...table.all('task')];
        for (const owner of owners) assert.equal(facts.inProgress(owner), countInProgress(all, owner));
        for (const sprint of sprints) assert.equal(facts.sprintPoints(sprint), sumOfPoints(all, sprint));
      }),
    );
  });

  it('is the most similar title of the project', async () => {
    const property = fc.asyncProperty(fc.array(task, { maxLength: 30 }), title, async (tasks, asked) => {
      const table = tableOf(tasks);
      for (const project of projects) {
        const creation = createOperation(author, 'task', 'T-99', { projectId: project, title: asked });
        const facts = await GateFacts.gather(table, [creation], noPause);
        const among = [...table.tasksOf(project)].filter(({ id }) => id !== 'T-0');
        const best = Math.max(0, ...among.map((other) => similarity(other.title, asked)));
        const found = facts.similar(project, asked, (id) => id === 'T-0');
        assert.equal(found ? similarity(found.title, asked) : 0, best >= 0.75 ? best : 0);
      }
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('is asked anew where a task gets another title or project, and for nothing else', async () => {
    const moved = taskOf('T-1', { projectId: 'P-1', title: 'Fix the login' });
    const table = tableOf([moved, taskOf('T-2', { projectId: 'P-2', title: 'fix login' })]);
    const similar = async (draft: object) => {
      const change = updateOperation(author, 'task', moved, { ...draft });
      return (await GateFacts.gather(table, [change], noPause)).similar('P-2', 'Fix the login', () => false)?.id;
    };
    assert.equal(await similar({ projectId: 'P-2' }), 'T-2');
    assert.equal(await similar({ projectId: 'P-2', title: 'Login: fix' }), 'T-2');
    assert.equal(await similar({ title: 'Fix the login page' }), undefined);
    assert.equal(await similar({ description: 'Fix the login' }), undefined);
  });

  it('lets others have their turn, and forgets what is gone meanwhile', async () => {
    const many = Array.from({ length: 12_000 }, (_, number) =>
      taskOf(`T-${number}`, { projectId: 'P-1', title: 'Fix' }),
    );
    const table = tableOf(many);
    const creation = createOperation(author, 'task', 'T-new', { projectId: 'P-1', title: 'fix' });
    let pauses = 0;
    const facts = await GateFacts.gather(table, [creation], async () => {
      pauses++;
      for (const { id } of many.slice(0, 10_000)) table.remove(id);
    });
    assert.equal(pauses, 1);
    assert.equal(facts.similar('P-1', 'Fix', () => false)?.id, 'T-10000');
    table.put(taskOf('T-10000', { projectId: 'P-1', title: 'Something else' }));
    assert.equal(facts.similar('P-1', 'Fix', () => false)?.id, 'T-10001');
  });

  it('compares words, not letters, and leaves out what tells no titles apart', () => {
    assert.deepEqual(significantWords('Fix: the LOGIN of a ｆｉｘ'), ['fix', 'login']);
    assert.deepEqual(significantWords('To the'), ['to', 'the']);
    assert.equal(new TitleMatch('…').similarity('…'), 0);
  });
});

function countInProgress(tasks: readonly Task[], owner: string): number {
  return tasks.filter((each) => each.owner === owner && each.status === 'in_progress').length;
}

function sumOfPoints(tasks: readonly Task[], sprint: string): number {
  const counted = tasks.filter((each) => each.sprintId === sprint && each.status !== 'dropped');
  return Math.round(counted.reduce((sum, each) => sum + (each.estimatePoints ?? 0), 0) * 1e6) / 1e6;
}

/** The share of common words, the plain way. */
function similarity(a: string, b: string): number {
  const [x, y] = [new Set(significantWords(a)), new Set(significantWords(b))];
  const common = [...x].filter((word) => y.has(word)).length;
  return common / (x.size + y.size - common || 1);
}
