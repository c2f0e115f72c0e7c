import assert from 'node:assert/strict';
import { newEntity } from '../../../../src/core/draft.ts';
import { parentTask, subtasksOf } from '../../../../src/extension/views/taskParents.ts';
import { EntityTable } from '../../../../src/workspace/entityTable.ts';

/** Tasks under the ids of their parents. */
function tableOf(parents: Readonly<Record<string, string | null>>): EntityTable {
  const table = new EntityTable();
  for (const [id, parentId] of Object.entries(parents)) {
    table.put(newEntity('task', id, { projectId: 'P-1', title: id, parentId }, '2026-03-01T12:00:00.000Z', 'ada'));
  }
  return table;
}

/** Every task that can be reached from those on top, each as often as it is met. */
function reachable(table: EntityTable): string[] {
  const tops = [...table.all('task')].filter((task) => !parentTask(table, task));
  const queue = [...tops];
  const met: string[] = [];
  for (let task = queue.shift(); task && met.length < 100; task = queue.shift()) {
    met.push(task.id);
    queue.push(...subtasksOf(table, task));
  }
  return met.sort();
}

describe('parents of tasks', () => {
  it('stand over their subtasks', () => {
    const table = tableOf({ 'T-1': null, 'T-2': 'T-1', 'T-3': 'T-2', 'T-4': 'T-gone' });
    const second = table.get('task', 'T-2');
    assert.ok(second);
    assert.equal(parentTask(table, second)?.id, 'T-1');
    assert.deepEqual(reachable(table), ['T-1', 'T-2', 'T-3', 'T-4']);
  });

  it('in a circle leave every task in sight, once', () => {
    assert.deepEqual(reachable(tableOf({ 'T-1': 'T-3', 'T-2': 'T-1', 'T-3': 'T-2', 'T-4': 'T-2' })), [
      'T-1',
      'T-2',
      'T-3',
      'T-4',
    ]);
    assert.deepEqual(reachable(tableOf({ 'T-1': 'T-1', 'T-0': 'T-1' })), ['T-0', 'T-1']);
  });
});
