import assert from 'node:assert/strict';
import { inTodaysWords } from '../../../src/api/olderWords.ts';

describe('the words of older clients', () => {
  it('become those of today, for tasks', () => {
    const statuses = { pending: 'new', todo: 'new', planned: 'new', completed: 'done', closed: 'done' };
    for (const [older, today] of Object.entries({ ...statuses, resolved: 'done', cancelled: 'dropped' })) {
      assert.deepEqual(inTodaysWords('task', { status: older }), { status: today });
    }
    const priorities = { critical: 'p0', urgent: 'p0', high: 'p1', medium: 'p2', low: 'p3' };
    for (const [older, today] of Object.entries(priorities)) {
      assert.deepEqual(inTodaysWords('task', { priority: older }), { priority: today });
    }
    assert.deepEqual(inTodaysWords('task', { status: 'todo,ready,nearly' }), { status: 'new,ready,nearly' });
  });

  it('name the parents in their own way, but a name of today wins', () => {
    const older = { primary_project: 'P-1', primary_sprint: 'S-1' };
    assert.deepEqual(inTodaysWords('task', older), { project_id: 'P-1', sprint_id: 'S-1' });
    assert.deepEqual(inTodaysWords('task', { ...older, project_id: 'P-2' }), { project_id: 'P-2', sprint_id: 'S-1' });
  });

  it('leave what they do not know alone', () => {
    const task = { status: 7, priority: null, title: 'todo', constructor: 'x' };
    assert.deepEqual(inTodaysWords('task', task), task);
    assert.deepEqual(inTodaysWords('sprint', { status: 'pending' }), { status: 'pending' });
    assert.deepEqual(inTodaysWords('project', { status: 'completed' }), { status: 'completed' });
  });
});
