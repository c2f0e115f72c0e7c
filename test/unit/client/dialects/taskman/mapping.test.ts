import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formsFor, localOnlyFields } from '../../../../../src/client/dialects/taskman/forms.ts';
import {
  changesBody,
  creationBody,
  entityFrom,
  unheldFields,
} from '../../../../../src/client/dialects/taskman/mapping.ts';
import { backlogIdOf, isBacklogId, type Row } from '../../../../../src/client/dialects/taskman/row.ts';
import { isSameText, readText, storedText, trimmed } from '../../../../../src/client/dialects/taskman/storedText.ts';
import { newEntity } from '../../../../../src/core/draft.ts';
import type { Entity } from '../../../../../src/core/entity.ts';
import { type EntityKind, entityIdPattern } from '../../../../../src/core/ids.ts';
import type { Task } from '../../../../../src/core/task.ts';
import { entityArbitrary, kindArbitrary } from '../../../../support/arbitraries.ts';

const now = '2026-03-01T12:00:00.000Z';
const forms = { fallback: formsFor('ana', 'fallback'), primary: formsFor('ana', 'primary') };

/** What TaskMan-v2 makes of a body: outer white space goes, what is missing has its default. */
function stored(kind: EntityKind, body: Readonly<Record<string, unknown>>, before: object = {}): Row {
  const defaults = { task: { owner: 'x', priority: 'p2', status: 'new' }, sprint: { status: 'new' }, project: {} }[
    kind
  ];
  return { ...defaults, ...before, ...(stripped(body) as object) } as Row;
}

function stripped(value: unknown): unknown {
  if (typeof value === 'string') return trimmed(value);
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stripped(member)]));
}

const anyEntity = kindArbitrary.chain((kind) =>
  entityArbitrary(kind).map((entity) => ({ kind, entity: notItsOwnParent(entity) })),
);
const twoEntities = kindArbitrary.chain((kind) =>
  fc.tuple(entityArbitrary(kind), entityArbitrary(kind)).map(([a, b]) => ({
    kind,
    a: notItsOwnParent(a),
    b: notItsOwnParent({ ...b, id: a.id } as Entity),
  })),
);

/** No task of ours is part of itself. */
function notItsOwnParent(entity: Entity): Entity {
  return 'parentId' in entity && entity.parentId === entity.id ? { ...entity, parentId: null } : entity;
}

/** Rows as other tools leave them. */
const strangeRows = fc.record(
  {
    id: fc.constantFrom('T-1', 'T-2'),
    title: fc.string({ minLength: 1 }).filter((text) => trimmed(text) !== ''),
    summary: fc.string(),
    primary_project: fc.constantFrom('P-1', 'P-2'),
    primary_sprint: fc.constantFrom('S-1', 'S-BACKLOG-1', 'sprint 3', null),
    status: fc.constantFrom('new', 'DONE', 'todo', 'in-progress', 'whatever', null),
    priority: fc.constantFrom('p0', 'High', 'urgent', 7, null),
    severity: fc.constantFrom('sev1', 'bad', null),
    work_type: fc.constantFrom('bug', 'security', null),
    owner: fc.constantFrom('bob', 'ana', null),
    labels: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 4 }),
    depends_on: fc.array(fc.constantFrom('T-1', 'T-9', 'nonsense', ''), { maxLength: 4 }),
    parents: fc.array(fc.constantFrom('T-1', 'T-2', 'T-3', 'epic 4'), { maxLength: 3 }),
    acceptance_criteria: fc.array(
      fc.constantFrom<unknown>(
        { text: 'a' },
        { criterion: 'b', status: 'passed' },
        { id: 'c', title: 'c', met: true },
        {},
        5,
      ),
    ),
    related_links: fc.array(
      fc.constantFrom<unknown>({ href: 'https://a', name: 'A' }, { url: 'https://b' }, { x: 'y' }),
    ),
    estimate_points: fc.constantFrom(3.5, '8', -1, null),
    updated_at: fc.constantFrom('2026-11-23T02:39:30', '2026-11-23T02:42:00.290898Z', null),
  },
  { requiredKeys: ['id', 'title', 'primary_project'] },
);

describe('the mapping of TaskMan-v2', () => {
  it('has a place or a local place for every field, and for committed points only on SQLite', () => {
    assert.deepEqual(localOnlyFields(forms.primary), {
      project: ['pendingReason', 'blockedReason', 'labels', 'custom'],
      sprint: ['velocityTargetPoints', 'committedPoints', 'pendingReason', 'blockedReason', 'custom'],
      task: ['dueAt', 'blockedReason', 'rank', 'custom'],
    });
    assert.ok(!localOnlyFields(forms.fallback).sprint.includes('committedPoints'));
  });

  it('leaves an entity as it was, to the last field, once it is stored there', () => {
    fc.assert(
      fc.property(anyEntity, fc.constantFrom('fallback', 'primary'), ({ kind, entity }, mode) => {
        const row = stored(kind, creationBody(forms[mode], kind, entity));
        assert.deepEqual(unheldFields(forms[mode], kind, entity, row), []);
        assert.equal(entityFrom(forms[mode], kind, row, entity, now), entity);
      }),
    );
  });

  it('reads in another workspace what was stored, but for what has no place there', () => {
    fc.assert(
      fc.property(anyEntity, ({ kind, entity }) => {
        const row = stored(kind, creationBody(forms.fallback, kind, entity));
        const read = entityFrom(formsFor('bob', 'fallback'), kind, row, null, now);
        assert.ok(read);
        assert.deepEqual(unheldFields(forms.fallback, kind, read, row), []);
      }),
    );
  });

  it('writes nothing over a row that it has only read', () => {
    fc.assert(
      fc.property(strangeRows, (row) => {
        const task = entityFrom(forms.primary, 'task', row as Row, null, now);
        assert.ok(task);
        assert.deepEqual(changesBody(forms.primary, 'task', task, row as Row), {});
        assert.equal(entityFrom(forms.primary, 'task', row as Row, task, '2030-01-01T00:00:00.000Z'), task);
      }),
    );
  });

  it('turns one entity into another by what differs, never with null where TaskMan-v2 breaks on it', () => {
    fc.assert(
      fc.property(twoEntities, ({ kind, a, b }) => {
        const row = stored(kind, creationBody(forms.primary, kind, a));
        const body = changesBody(forms.primary, kind, b, row);
        const after = stored(kind, body, row);
        assert.deepEqual(unheldFields(forms.primary, kind, b, after), []);
        assert.deepEqual(changesBody(forms.primary, kind, b, after), {});
        const nullable = ['owner', 'start_date', 'end_date', 'target_end_date', 'severity', 'work_type'];
        const mayBeNull = new Set(
          kind === 'task' ? [...nullable.slice(4), 'estimate_points', 'actual_time_hours'] : nullable,
        );
        const nulls = Object.keys(body).filter((name) => body[name] === null && !mayBeNull.has(name));
        assert.deepEqual(nulls, []);
      }),
    );
  });

  it('keeps what others put into a list and we cannot show', () => {
    const row = {
      ...stored('task', creationBody(forms.primary, 'task', task({ labels: ['a'] }))),
      labels: ['a', 7, ''],
      acceptance_criteria: [{ criterion: 'theirs', weight: 3 }, 'odd'],
      parents: ['epic 4'],
    } as Row;
    const seen = entityFrom(forms.primary, 'task', row, null, now) as Task;
    const criteria = seen.acceptanceCriteria.map((one) => ({ ...one, done: true }));
    const wanted = { ...seen, labels: ['b'], acceptanceCriteria: criteria, parentId: 'T-5' };
    assert.deepEqual(changesBody(forms.primary, 'task', wanted, row), {
      labels: [7, '', 'b'],
      acceptance_criteria: [{ criterion: 'theirs', weight: 3, id: criteria[0]?.id, done: true }, 'odd'],
      parents: ['T-5', 'epic 4'],
    });
  });

  it('takes a task without a sprint into the backlog, and along when it goes to another project', () => {
    const row = stored('task', creationBody(forms.primary, 'task', task({})));
    assert.equal(row.primary_sprint, 'S-BACKLOG-1');
    assert.deepEqual(changesBody(forms.primary, 'task', task({ projectId: 'P-2' }), row), {
      primary_project: 'P-2',
      primary_sprint: 'S-BACKLOG-2',
    });
    assert.deepEqual(changesBody(forms.primary, 'task', task({ sprintId: 'S-1' }), row), { primary_sprint: 'S-1' });
  });

  it('has an id that PostgreSQL keeps for the backlog of every project', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^P-[A-Za-z0-9_-]{1,64}$/), (projectId) => {
        const id = backlogIdOf(projectId);
        assert.ok(id.length <= 50 && isBacklogId(id) && entityIdPattern.test(id), id);
      }),
    );
    const long = `P-${'x'.repeat(60)}`;
    assert.notEqual(backlogIdOf(`${long}1`), backlogIdOf(`${long}2`));
  });

  it('writes the title as the summary, but not over a summary of somebody’s own', () => {
    const row = stored('task', creationBody(forms.primary, 'task', task({ title: 'old' })));
    assert.equal(row.summary, 'old');
    const renamed = task({ title: 'new' });
    assert.deepEqual(changesBody(forms.primary, 'task', renamed, row), { title: 'new', summary: 'new' });
    assert.deepEqual(changesBody(forms.primary, 'task', renamed, { ...row, summary: 'theirs' }), { title: 'new' });
  });

  it('lets the account stand for nobody, and nobody else', () => {
    const row = stored('task', creationBody(forms.primary, 'task', task({ owner: null })));
    assert.equal(row.owner, 'ana');
    assert.equal((entityFrom(forms.primary, 'task', row, task({ owner: null }), now) as Task).owner, null);
    const given = entityFrom(forms.primary, 'task', { ...row, owner: 'bob' }, task({ owner: null }), now) as Task;
    assert.equal(given.owner, 'bob');
  });

  it('takes times without a zone for UTC', () => {
    const row = { ...stored('task', creationBody(forms.primary, 'task', task({}))), created_at: '2026-11-23T02:39:30' };
    assert.equal(entityFrom(forms.primary, 'task', row, null, now)?.createdAt, '2026-11-23T02:39:30.000Z');
  });

  it('does not show a row without a project', () => {
    assert.equal(entityFrom(forms.primary, 'task', { id: 'T-1', title: 'x' }, null, now), undefined);
  });
});

describe('texts for TaskMan-v2', () => {
  const dataTexts = fc.oneof(
    fc.json().filter((text) => /^\s*[[{]/.test(text)),
    fc.constantFrom('[1]', ' {} ', '{"a":1}', '[NaN]', '[-Infinity, 1]', '\n[]\n'),
  );

  it('are never taken for data, and come back as they were', () => {
    fc.assert(
      fc.property(dataTexts, (text) => {
        const there = trimmed(storedText(text));
        assert.throws(() => JSON.parse(there.replaceAll(/NaN|Infinity/g, '0')));
        assert.equal(readText(there), trimmed(text));
        assert.ok(isSameText(text, there));
      }),
    );
  });

  it('are left alone where they are none', () => {
    for (const text of ['[WIP] x', 'x', '{', '[1', '"quoted"', '12', '']) assert.equal(storedText(text), text);
  });
});

function task(draft: object): Task {
  return newEntity('task', 'T-1', { projectId: 'P-1', title: 'task', owner: 'ada', ...draft }, now, 'ada');
}
