import assert from 'node:assert/strict';
import { sprintResult, velocity } from '../../../src/core/velocity.ts';

const result = (id: number, done: number) =>
  sprintResult(
    { id: `S-${id}`, name: `Sprint ${id}`, completedAt: null },
    { scope: 20, done: 0, remaining: 20 },
    { scope: 22, done, remaining: 22 - done },
  );

describe('velocity', () => {
  it('is the mean of what the last five sprints completed', () => {
    const all = [result(1, 100), result(2, 8), result(3, 10), result(4, 12), result(5, 13), result(6, 9)];
    const { sprints, average } = velocity(all);
    assert.deepEqual(
      sprints.map((sprint) => sprint.sprintId),
      ['S-2', 'S-3', 'S-4', 'S-5', 'S-6'],
    );
    assert.equal(average, 10.4);
    assert.equal(sprints[0]?.committed, 20);
  });

  it('is unknown before the first sprint was completed', () => {
    assert.deepEqual(velocity([]), { sprints: [], average: null });
  });
});
