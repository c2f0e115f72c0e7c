import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EntityByKind } from '../../src/core/entity.ts';
import { evaluate } from '../../src/core/evaluate.ts';
import { parseFilter, parseSort } from '../../src/core/query.ts';
import { entityFromWire } from '../../src/core/wire.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type Body, useApi } from './api.ts';

type Task = EntityByKind['task'];

const people = ['ada', 'Bob', 'émile', '𝄞', '\uffee', 'null'];
const words = ['alpha', 'beta', 'Gamma', 'straße', 'naïve', 'ﬁne', 'x_1', '日本'];
const statuses = ['new', 'ready', 'active', 'in_progress', 'review', 'done', 'dropped'];
const times = [
  '2020-01-01T00:00:00.000Z',
  '2026-05-05T10:00:00.000Z',
  '2026-05-05T12:30:00+02:00',
  '2099-12-31T23:59:59.999Z',
];

const maybe = <T>(values: readonly T[]) => fc.constantFrom(null, ...values);
const texts = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));
const draft = fc.record({
  title: texts,
  description: fc.oneof(fc.constant(''), texts),
  status: fc.constantFrom(...statuses),
  priority: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
  severity: maybe(['sev1', 'sev2']),
  work_type: maybe(['bug', 'feature']),
  owner: maybe(people),
  assignees: fc.uniqueArray(fc.constantFrom(...people), { maxLength: 3 }),
  labels: fc.uniqueArray(fc.constantFrom(...words), { maxLength: 3 }),
  estimate_points: maybe([0, 0.5, 1, 13, 100]),
  due_at: maybe(times),
  rank: fc.constantFrom('', 'a', 'B', '𝄞', '\uffee'),
});

const among = (values: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }).map((chosen) => chosen.join(','));
const everyFilter = fc.record({
  status: among(statuses),
  priority: among(['p0', 'p1', 'p2']),
  severity: among(['sev1', 'sev3']),
  owner: among(people),
  assignee: among(people),
  label: among([...words, 'unknown']),
  has_sprint: among(['true', 'false']),
  overdue: among(['true', 'false']),
  due_before: fc.constantFrom('2026-05-05', '2026-05-05T10:30:00Z', '2100-01-01'),
  due_after: fc.constantFrom('2026-05-05', '2026-05-05T10:30:00.000Z'),
  q: fc.constantFrom(
    'al',
    'ALPHA be',
    'strasse',
    'STRASSE',
    'straß',
    'fine',
    'fi',
    'x_',
    '日',
    'zzz',
    '',
    ' ',
    '%',
    "a' or 1=1",
  ),
});
/** At most two filters at once: with all of them hardly anything would match. */
const filters = fc
  .tuple(everyFilter, fc.nat(10_000), fc.nat(10_000), fc.integer({ min: 0, max: 2 }))
  .map(([all, first, second, count]) => {
    const entries = Object.entries(all);
    const chosen = [entries[first % entries.length]!, entries[second % entries.length]!].slice(0, count);
    return Object.fromEntries(chosen) as Record<string, string>;
  });
const sortable = ['priority', 'due_at', 'title', 'owner', 'estimate_points', 'rank', 'severity', 'updated_at', 'id'];
const sorts = fc
  .uniqueArray(fc.constantFrom(...sortable), { maxLength: 3 })
  .chain((fields) => fc.tuple(...fields.map((field) => fc.constantFrom(field, `-${field}`))))
  .map((keys) => keys.join(','));

describe('lists', () => {
  const api = useApi(useDtmServer());
  let tasks: Task[];

  before(async () => {
    const project = await api().make('projects', { name: 'Many' });
    const sprint = await api().make('sprints', { project_id: project.id, name: 'One' });
    const drafts = fc.sample(draft, { numRuns: 150, seed: 7 });
    for (const [index, fields] of drafts.entries()) {
      await api().make('tasks', { ...fields, project_id: project.id, sprint_id: index % 3 === 0 ? sprint.id : null });
    }
    const all = await api().must('GET', '/api/v1/tasks?limit=1000');
    tasks = all.items.map((item) => entityFromWire('task', item));
    assert.equal(tasks.length, 150);
  });

  const idsOf = (items: readonly { readonly id: string }[]) => items.map((item) => item.id);

  it('filter, sort and page exactly as core does in memory, on random queries', async () => {
    let runs = 0;
    let matched = 0;
    const property = fc.asyncProperty(
      filters,
      sorts,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 80 }),
      async (given, sort, limit, offset) => {
        const parameters = new URLSearchParams({ ...given, sort, limit: String(limit), offset: String(offset) });
        const answer = await api().must('GET', `/api/v1/tasks?${parameters}`);
        const query = { filter: parseFilter('task', given), sort: parseSort('task', sort), limit, offset };
        const expected = evaluate('task', tasks, query, new Date().toISOString());
        assert.deepEqual(idsOf(answer.items), idsOf(expected.items), String(parameters));
        assert.equal(answer.total, expected.total);
        runs += 1;
        matched += expected.total;
      },
    );
    await fc.assert(property, { numRuns: 400, seed: 11 });
    console.log(`      ${runs} random queries, ${matched} matches in all`);
    assert.ok(matched > runs);
  }).timeout(60_000);

  it('page by cursor through everything once, in order, whatever the sort', async () => {
    for (const sort of ['', 'priority', '-due_at', 'owner,-estimate_points', '-severity,rank']) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const parameters: URLSearchParams = new URLSearchParams({ sort, limit: '17', include_total: 'false' });
        if (cursor) parameters.set('cursor', cursor);
        const page: Body = await api().must('GET', `/api/v1/tasks?${parameters}`);
        assert.equal(page.total, null);
        seen.push(...idsOf(page.items));
        cursor = page.next_cursor;
      }
      const query = { filter: {}, sort: parseSort('task', sort), limit: 1_000, offset: 0 };
      assert.deepEqual(seen, idsOf(evaluate('task', tasks, query, '').items), sort);
    }
  });

  it('keep their place while others insert and delete', async () => {
    const project = tasks[0]?.projectId;
    const first = await api().must('GET', '/api/v1/tasks?sort=title&limit=50');
    await api().make('tasks', { project_id: project, title: '!!! before everything' });
    await api().must('DELETE', `/api/v1/tasks/${first.items[3]?.id}`);
    const parameters = new URLSearchParams({ sort: 'title', limit: '1000', cursor: first.next_cursor ?? '' });
    const rest = await api().must('GET', `/api/v1/tasks?${parameters}`);
    const query = { filter: {}, sort: parseSort('task', 'title'), limit: 1_000, offset: 50 };
    assert.deepEqual(idsOf(rest.items), idsOf(evaluate('task', tasks, query, '').items));
  });

  const refused: readonly (readonly [string, string])[] = [
    ['colour=red', 'colour'],
    ['status=nearly', 'nearly'],
    ['status=new,nearly', 'nearly'],
    ['sort=colour', 'colour'],
    ['sort=labels', 'labels'],
    ['overdue=perhaps', 'perhaps'],
    ['due_before=tomorrow', 'due_before'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['offset=-1', 'offset'],
    ['include_total=maybe', 'include_total'],
    ['cursor=nonsense', 'cursor'],
    ['label=a&label=b', 'label'],
    ['constructor=1', 'constructor'],
    ['__proto__=1', '__proto__'],
  ];
  for (const [parameters, named] of refused) {
    it(`refuse ?${parameters}, naming ${named}`, async () => {
      const { status, body } = await api().get(`/api/v1/tasks?${parameters}`);
      assert.equal(status, 422, JSON.stringify(body));
      assert.ok(
        body.errors.some((error) => error.path === named),
        JSON.stringify(body.errors),
      );
    });
  }

  it('refuse a cursor of another sort, and one together with an offset', async () => {
    const { next_cursor } = await api().must('GET', '/api/v1/tasks?sort=title&limit=5');
    assert.equal((await api().get(`/api/v1/tasks?sort=owner&cursor=${next_cursor}`)).status, 422);
    assert.equal((await api().get(`/api/v1/tasks?sort=title&offset=5&cursor=${next_cursor}`)).status, 422);
  });

  it('filter projects and sprints by what these have', async () => {
    const sprints = await api().must('GET', '/api/v1/sprints?cadence=custom&overdue=false&q=one');
    assert.equal(sprints.total, 1);
    const projects = await api().must('GET', '/api/v1/projects?status=new&q=man&sort=-name');
    assert.equal(projects.total, 1);
    assert.equal((await api().get('/api/v1/projects?priority=p1')).status, 422);
  });
});
