import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newEntity } from '../../../src/core/draft.ts';
import type { Entity } from '../../../src/core/entity.ts';
import { deleteOperations, statusOperations, stepOperation } from '../../../src/core/expand.ts';
import { isReopening, statusesOf, statusPath } from '../../../src/core/lifecycle.ts';
import { rebaseEntity } from '../../../src/core/rebase.ts';
import { authorNamed } from '../../support/author.ts';
import { throwsWith } from '../../support/rejects.ts';

const at = '2026-03-01T12:00:00.000Z';
const author = authorNamed();
const task = newEntity('task', 'T-1', { projectId: 'P-1', sprintId: 'S-1', title: 'x' }, at, 'ada');
const sprint = newEntity('sprint', 'S-1', { projectId: 'P-1', name: 'x' }, at, 'ada');
const project = newEntity('project', 'P-1', { name: 'x' }, at, 'ada');
const nothing = { sprints: [], tasks: [] };

describe('composite actions', () => {
  it('lead to every status that can be reached, each step allowed, as one group', () => {
    const statuses = fc.constantFrom(...statusesOf('task'));
    fc.assert(
      fc.property(statuses, statuses, (from, to) => {
        const start = { ...task, status: from, blockedReason: 'rain' } as Entity;
        if (!statusPath('task', from, to) && !isReopening('task', from, to)) {
          const error = throwsWith(() => statusOperations(author, 'task', start, to), 'illegal-transition');
          assert.ok(error.hint);
          return;
        }
        const operations = statusOperations(author, 'task', start, to);
        const { entity, conflicts } = rebaseEntity(start, operations);
        assert.deepEqual(conflicts, []);
        assert.equal(entity?.status, to);
        const groups = new Set(operations.map((operation) => operation.groupId));
        assert.ok(operations.length < 2 || (groups.size === 1 && !groups.has(undefined)));
      }),
    );
  });

  it('reopen a finished task in one step, only to ready', () => {
    const done = { ...task, status: 'done' } as Entity;
    assert.equal(statusOperations(author, 'task', done, 'ready').length, 1);
    throwsWith(() => statusOperations(author, 'task', done, 'in_progress'), 'illegal-transition');
  });

  it('take other fields along in one step', () => {
    const ready = { ...task, status: 'ready' } as Entity;
    const operation = stepOperation(author, 'task', ready, { status: 'blocked', blockedReason: 'rain' });
    assert.deepEqual(rebaseEntity(ready, [operation]).conflicts, []);
    throwsWith(() => stepOperation(author, 'task', ready, { status: 'done' }), 'illegal-transition');
  });

  it('delete a project with what hangs on it only when told to, children first', () => {
    const has = { sprints: [sprint], tasks: [task] };
    const error = throwsWith(() => deleteOperations(author, 'project', project, has, false), 'has-dependents');
    assert.equal(error.message, 'P-1 still has 1 sprints and 1 tasks');
    assert.match(error.hint ?? '', /cascade/);
    assert.deepEqual(error.details, { sprints: 1, tasks: 1 });
    const operations = deleteOperations(author, 'project', project, has, true);
    assert.deepEqual(
      operations.map(({ kind, id }) => [kind, id]),
      [
        ['delete', 'T-1'],
        ['delete', 'S-1'],
        ['delete', 'P-1'],
      ],
    );
    assert.equal(new Set(operations.map((operation) => operation.groupId)).size, 1);
    assert.equal(deleteOperations(author, 'project', project, nothing, false).length, 1);
  });

  it('let the tasks of a deleted sprint go', () => {
    const operations = deleteOperations(author, 'sprint', sprint, { sprints: [], tasks: [task] }, false);
    const released = rebaseEntity(task, [operations[0]!]).entity;
    assert.equal(released && 'sprintId' in released && released.sprintId, null);
    assert.deepEqual(
      operations.map(({ kind }) => kind),
      ['update', 'delete'],
    );
  });
});
