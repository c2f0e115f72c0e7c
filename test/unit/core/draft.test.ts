import assert from 'node:assert/strict';
import { changesOf, newEntity } from '../../../src/core/draft.ts';
import { updateOperation } from '../../../src/core/expand.ts';
import { isEmptyUpdate } from '../../../src/core/operation.ts';
import { authorNamed } from '../../support/author.ts';
import { throwsWith } from '../../support/rejects.ts';

const at = '2026-03-01T12:00:00.000Z';
const task = newEntity('task', 'T-1', { projectId: 'P-1', title: 'One', labels: ['b', 'a', 'b'] }, at, 'ada');

describe('drafts', () => {
  it('fills in the defaults and puts sets in order', () => {
    assert.equal(task.priority, 'p2');
    assert.equal(task.status, 'new');
    assert.equal(task.version, 1);
    assert.deepEqual(task.labels, ['a', 'b']);
    assert.equal(task.createdBy, 'ada');
  });

  it('says which field is missing, unknown or wrong', () => {
    const missing = throwsWith(() => newEntity('task', 'T-1', { title: 'One' }, at, 'ada'), 'validation');
    assert.match(missing.message, /cannot create this task: project_id/);
    const unknown = throwsWith(() => newEntity('task', 'T-1', { colour: 'red' }, at, 'ada'), 'validation');
    assert.match(unknown.message, /a task has no writable field colour/);
    assert.match(unknown.hint ?? '', /title, description/);
    const managed = throwsWith(() => changesOf('task', task, { completedAt: at }), 'validation');
    assert.equal(managed.fields[0]?.path, 'completed_at');
    const wrong = throwsWith(() => changesOf('task', task, { priority: 'urgent' }), 'validation');
    assert.match(wrong.message, /priority is not valid/);
    const long = throwsWith(() => changesOf('task', task, { title: 'x'.repeat(501) }), 'validation');
    assert.match(long.message, /title .*500/);
    const blank = throwsWith(() => changesOf('task', task, { title: '  ' }), 'validation');
    assert.match(blank.message, /must not be blank/);
  });

  it('leaves out what stays equal, also a set in another order or with repeats', () => {
    const draft = { title: 'One', labels: ['b', 'a', 'a'], owner: undefined };
    assert.deepEqual(changesOf('task', task, draft), { set: {}, sets: {} });
    assert.ok(isEmptyUpdate(updateOperation(authorNamed(), 'task', task, draft)));
  });

  it('takes the last of several criteria with one id', () => {
    const criteria = [
      { id: 'c1', text: 'first', done: false },
      { id: 'c1', text: 'second', done: false },
    ];
    const { sets } = changesOf('task', task, { acceptanceCriteria: criteria });
    assert.deepEqual(sets.acceptanceCriteria, { add: [criteria[1]], remove: [] });
  });

  it('keeps custom fields to 16 KiB of UTF-8', () => {
    const fits = { note: 'x'.repeat(16_000) };
    assert.deepEqual(changesOf('task', task, { custom: fits }).set.custom, { from: {}, to: fits });
    const error = throwsWith(() => changesOf('task', task, { custom: { note: '漢'.repeat(6_000) } }), 'validation');
    assert.match(error.message, /16 KiB/);
  });
});
