import assert from 'node:assert/strict';
import { newEntity } from '../../../src/core/draft.ts';
import { fieldChanges } from '../../../src/core/fieldChanges.ts';

const at = '2026-03-01T12:00:00.000Z';
const task = newEntity('task', 'T-1', { projectId: 'P-1', title: 'x', labels: ['a'] }, at, 'ada');

describe('what a change changed', () => {
  it('is every field that differs, with both values', () => {
    const next = { ...task, title: 'y', labels: ['a', 'b'], version: 2, updatedAt: 'later', updatedBy: 'bob' };
    assert.deepEqual(fieldChanges('task', task, next), {
      title: { from: 'x', to: 'y' },
      labels: { from: ['a'], to: ['a', 'b'] },
    });
  });

  it('is whatever a new entity has, and a deleted one had', () => {
    const created = fieldChanges('task', null, task);
    assert.deepEqual(Object.keys(created), ['projectId', 'title', 'status', 'priority', 'labels']);
    assert.deepEqual(created.labels, { from: null, to: ['a'] });
    assert.deepEqual(fieldChanges('task', task, null).title, { from: 'x', to: null });
  });

  it('is a value that is taken away, too', () => {
    const owned = { ...task, owner: 'ada' };
    assert.deepEqual(fieldChanges('task', owned, task), { owner: { from: 'ada', to: null } });
    assert.deepEqual(fieldChanges('task', task, task), {});
  });
});
