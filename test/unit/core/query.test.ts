import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EntityByKind } from '../../../src/core/entity.ts';
import { dueOf, evaluate, isOverdue, searchWords } from '../../../src/core/evaluate.ts';
import { filtersOf, parseFilter, parseSort } from '../../../src/core/query.ts';
import { entityArbitrary } from '../../support/arbitraries.ts';
import { throwsWith } from '../../support/rejects.ts';

type Task = EntityByKind['task'];
const now = '2026-03-01T12:00:00.000Z';
const all = { filter: {}, sort: [], limit: 1_000, offset: 0 };

const tasksArbitrary = fc
  .array(entityArbitrary('task'), { maxLength: 12 })
  .map((tasks) => tasks.map((task, index) => ({ ...task, id: `T-${index}`, updatedAt: task.createdAt })));

/** Each filter told again in the plainest words: a value that fits, and what it means. */
const naive: Readonly<Record<string, readonly [fc.Arbitrary<string>, (task: Task, value: string) => boolean]>> = {
  status: [fc.constantFrom('new', 'done', 'ready'), (task, value) => task.status === value],
  priority: [fc.constantFrom('p0', 'p2'), (task, value) => task.priority === value],
  severity: [fc.constantFrom('sev1', 'sev4'), (task, value) => task.severity === value],
  work_type: [fc.constantFrom('bug', 'feature'), (task, value) => task.workType === value],
  owner: [fc.constantFrom('ada', 'Çelik', 'nobody'), (task, value) => task.owner === value],
  assignee: [fc.constantFrom('ada', 'bob'), (task, value) => task.assignees.includes(value)],
  label: [fc.constantFrom("'", '=1+1', '😀'), (task, value) => task.labels.includes(value)],
  project_id: [fc.constantFrom('P-1', 'P-2'), (task, value) => task.projectId === value],
  sprint_id: [fc.constantFrom('S-1', 'S-9'), (task, value) => task.sprintId === value],
  parent_id: [fc.constantFrom('T-1', 'T-2'), (task, value) => task.parentId === value],
  has_sprint: [fc.constantFrom('true', 'false'), (task, value) => (task.sprintId === null) === (value === 'false')],
  overdue: [
    fc.constantFrom('true', 'false'),
    (task, value) => {
      const late = task.dueAt !== null && new Date(task.dueAt) < new Date(now);
      return (late && task.status !== 'done' && task.status !== 'dropped') === (value === 'true');
    },
  ],
  due_before: [
    fc.constantFrom('2050-01-01', now),
    (task, value) => task.dueAt !== null && new Date(task.dueAt) < new Date(value),
  ],
  due_after: [
    fc.constantFrom('2050-01-01', now),
    (task, value) => task.dueAt !== null && new Date(task.dueAt) >= new Date(value),
  ],
  updated_since: [fc.constantFrom('2050-01-01', now), (task, value) => new Date(task.updatedAt) >= new Date(value)],
};

const filters = fc
  .record(Object.fromEntries(Object.entries(naive).map(([name, [values]]) => [name, values])), { requiredKeys: [] })
  .map((given) => given as Readonly<Record<string, string>>);

describe('evaluate', () => {
  it('finds what a naive filter finds', () => {
    fc.assert(
      fc.property(tasksArbitrary, filters, (tasks, given) => {
        const page = evaluate('task', tasks, { ...all, filter: parseFilter('task', given) }, now);
        const expected = tasks.filter((task) => Object.entries(given).every(([name, v]) => naive[name]![1](task, v)));
        assert.deepEqual(new Set(page.items), new Set(expected));
        assert.equal(page.total, expected.length);
      }),
      { numRuns: 500 },
    );
  });

  it('takes several values of one filter as "or"', () => {
    fc.assert(
      fc.property(tasksArbitrary, (tasks) => {
        const page = evaluate('task', tasks, { ...all, filter: parseFilter('task', { status: 'new,done' }) }, now);
        assert.deepEqual(
          new Set(page.items),
          new Set(tasks.filter(({ status }) => status === 'new' || status === 'done')),
        );
      }),
    );
  });

  it('orders by each key in turn, nulls last in both directions, then by id; pages do not overlap', () => {
    const sorts = fc.constantFrom('-priority,due_at', 'due_at', '-due_at', 'title', '-estimate_points,owner', '');
    fc.assert(
      fc.property(tasksArbitrary, sorts, (tasks, given) => {
        const sort = parseSort('task', given);
        const whole = evaluate('task', tasks, { ...all, sort }, now).items;
        for (let i = 1; i < whole.length; i++) assert.ok(isInOrder(whole[i - 1]!, whole[i]!, given), given);
        const pages = [0, 5, 10].map(
          (offset) => evaluate('task', tasks, { ...all, sort, limit: 5, offset }, now).items,
        );
        assert.deepEqual(pages.flat(), whole);
      }),
      { numRuns: 300 },
    );
  });

  it('searches for beginnings of words in title, description and id', () => {
    fc.assert(
      fc.property(tasksArbitrary, (tasks) => {
        const [first] = tasks;
        fc.pre(first !== undefined);
        const word = searchWords(first).at(-1)!;
        const found = evaluate('task', tasks, { ...all, filter: parseFilter('task', { q: word }) }, now).items;
        assert.ok(found.includes(first));
        for (const task of found) assert.ok(searchWords(task).some((candidate) => candidate.startsWith(word)));
      }),
    );
  });

  it('calls a day overdue when it is over, and nothing that is finished', () => {
    const sprint = fc.sample(entityArbitrary('sprint'), 1)[0]!;
    const open = { ...sprint, status: 'active' as const, endDate: '2026-02-28' };
    assert.ok(isOverdue('sprint', open, now));
    assert.ok(!isOverdue('sprint', { ...open, endDate: '2026-03-01' }, now));
    assert.ok(!isOverdue('sprint', { ...open, status: 'completed' }, now));
    assert.equal(dueOf(open), '2026-02-28');
  });
});

function isInOrder(a: Task, b: Task, sort: string): boolean {
  for (const key of [...sort.split(',').filter(Boolean), 'id']) {
    const field = key.replace('-', '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as keyof Task;
    const [x, y] = [a[field], b[field]] as [string | number | null, string | number | null];
    if (x === y) continue;
    if (x === null || y === null) return y === null;
    const order = typeof x === 'number' ? x - Number(y) : Buffer.compare(Buffer.from(x), Buffer.from(String(y)));
    return key.startsWith('-') ? order > 0 : order < 0;
  }
  return true;
}

describe('parsing a query', () => {
  const culprits: readonly [() => unknown, RegExp, RegExp][] = [
    [() => parseFilter('task', { colour: 'red' }), /unknown filter: colour/, /status, priority/],
    [() => parseFilter('project', { sprint_id: 'S-1' }), /unknown filter: sprint_id/, /status/],
    [() => parseFilter('task', { constructor: 'x' }), /unknown filter: constructor/, /status/],
    [() => parseFilter('task', { status: 'new,finished' }), /unknown value of status: finished/, /new, ready/],
    [() => parseFilter('task', { overdue: 'maybe' }), /unknown value of overdue: maybe/, /true, false/],
    [() => parseFilter('task', { due_before: 'tomorrow' }), /due_before is not a date: tomorrow/, /2026-01-31/],
    [() => parseFilter('task', { due_before: '2026-02-30' }), /due_before is not a date/, /2026-01-31/],
    [() => parseSort('task', '-title,colour'), /unknown sort field: colour/, /title/],
    [() => parseSort('task', 'labels'), /unknown sort field: labels/, /title/],
    [() => parseSort('task', '--title'), /unknown sort field: -title/, /title/],
  ];

  it('names the culprit and what may stand there', () => {
    for (const [parse, message, hint] of culprits) {
      const error = throwsWith(parse, 'validation');
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      assert.equal(error.fields.length, 1);
    }
  });

  it('offers each kind only filters that it has', () => {
    assert.ok(filtersOf('task').includes('assignee') && filtersOf('task').includes('has_sprint'));
    assert.ok(!filtersOf('project').includes('project_id') && filtersOf('project').includes('label'));
    assert.ok(filtersOf('sprint').includes('cadence') && !filtersOf('sprint').includes('label'));
  });

  it('reads keys and values', () => {
    assert.deepEqual(parseSort('task', '-priority,due_at'), [
      { field: 'priority', descending: true },
      { field: 'dueAt', descending: false },
    ]);
    assert.deepEqual(parseFilter('task', { status: 'new,ready', q: 'a,b c' }), {
      status: ['new', 'ready'],
      q: ['a,b c'],
    });
  });
});
