import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../../src/core/draft.ts';
import { GateIndex } from '../../../../src/core/gates/gateIndex.ts';
import { significantWords } from '../../../../src/core/gates/titleIndex.ts';
import { statusesOf } from '../../../../src/core/lifecycle.ts';
import type { Task } from '../../../../src/core/task.ts';

const projects = ['P-1', 'P-2'];
const sprints = ['S-1', 'S-2'];
const owners = ['ana', 'bob'];
const title = fc
  .array(fc.constantFrom('fix', 'the', 'login', 'page', 'of', 'Über', 'страница', '2', 'a'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((words) => words.join(' '));

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
  .map(({ id, ...draft }) => newEntity('task', id, draft, '2026-11-25T12:00:00.000Z', 'ana'));

const removal = fc.nat({ max: 12 }).map((number) => `T-${number}`);

describe('the index of the gates', () => {
  it('answers, after any changes, what going through all tasks would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 3, arbitrary: task }, removal), { maxLength: 40 }),
        title,
        (changes, asked) => {
          const index = new GateIndex();
          const tasks = new Map<string, Task>();
          for (const change of changes) {
            if (typeof change === 'string') {
              index.remove(change);
              tasks.delete(change);
            } else {
              index.put(change);
              tasks.set(change.id, change);
            }
          }
          const all = [...tasks.values()];
          for (const owner of owners) assert.equal(index.inProgress(owner), countInProgress(all, owner));
          for (const sprint of sprints) assert.equal(index.sprintPoints(sprint), sumOfPoints(all, sprint));
          for (const project of projects) {
            const among = all.filter(({ projectId, id }) => projectId === project && id !== 'T-0');
            const best = Math.max(0, ...among.map((other) => similarity(other.title, asked)));
            const found = index.similar(project, asked, (id) => id === 'T-0');
            assert.equal(found?.similarity ?? 0, best >= 0.75 ? best : 0);
            if (found) assert.equal(similarity(tasks.get(found.id)!.title, asked), best);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('compares words, not letters, and leaves out what tells no titles apart', () => {
    assert.deepEqual(significantWords('Fix: the LOGIN of a ｆｉｘ'), ['fix', 'login']);
    assert.deepEqual(significantWords('To the'), ['to', 'the']);
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
  return common / (x.size + y.size - common);
}
