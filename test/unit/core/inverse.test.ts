import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyOperation } from '../../../src/core/apply.ts';
import { type Entity, editableFields, fieldValue, kindOf } from '../../../src/core/entity.ts';
import { createOperation, deleteOperations, statusOperations, updateOperation } from '../../../src/core/expand.ts';
import type { EntityKind } from '../../../src/core/ids.ts';
import { inverseOperations } from '../../../src/core/inverse.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { outcomeProblem } from '../../../src/core/rules.ts';
import type { Task } from '../../../src/core/task.ts';
import { draftArbitrary, entityArbitrary, kindArbitrary } from '../../support/arbitraries.ts';
import { authorNamed } from '../../support/author.ts';

const author = authorNamed();
type World = ReadonlyMap<string, Entity>;

/** All of the operations or, if one is in conflict, undefined. */
function applyAll(world: World, operations: readonly Operation[]): World | undefined {
  const next = new Map(world);
  for (const operation of operations) {
    const stamp = { now: operation.at, at: operation.at, actor: operation.account };
    const result = applyOperation(next.get(operation.id) ?? null, operation, stamp);
    if (result.outcome === 'conflict') return undefined;
    if (result.entity) next.set(operation.id, result.entity);
    else next.delete(operation.id);
  }
  return next;
}

/** What people write; an operation says nothing of the order of a set. */
function written(world: World | undefined) {
  const values = ([id, entity]: readonly [string, Entity]) => [
    id,
    editableFields(kindOf(entity)).map((field) => {
      const value = fieldValue(entity, field);
      return Array.isArray(value) ? new Set(value) : value;
    }),
  ];
  return world && new Map([...world].map((entry) => values(entry) as [string, unknown[]]));
}

type Act = { readonly kind: EntityKind; readonly entity: Entity; readonly operations: readonly Operation[] };

/** An entity, and what somebody does to it: edits one after the other, a creation or a deletion among them. */
const acts: fc.Arbitrary<Act> = kindArbitrary.chain((kind) =>
  fc
    .tuple(
      entityArbitrary<EntityKind>(kind),
      fc.array(draftArbitrary(kind), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([entity, drafts, isDeleted]) => {
      const operations: Operation[] = [];
      let world: World = new Map([[entity.id, entity]]);
      for (const draft of drafts) {
        const operation = updateOperation(author, kind, world.get(entity.id) as Entity, draft);
        world = applyAll(world, [operation]) as World;
        operations.push(operation);
      }
      const last = world.get(entity.id) as Entity;
      const nothing = { sprints: [], tasks: [] };
      return {
        kind,
        entity,
        operations: [...operations, ...(isDeleted ? deleteOperations(author, kind, last, nothing, false) : [])],
      };
    }),
);

describe('what takes operations back', () => {
  it('leads to the first state, and its own inverse forth again', () => {
    fc.assert(
      fc.property(acts, ({ entity, operations }) => {
        const before: World = new Map([[entity.id, entity]]);
        const after = applyAll(before, operations) as World;
        const back = inverseOperations(author, operations);
        const undone = applyAll(after, back) as World;
        assert.deepEqual(written(undone), written(before));
        assert.deepEqual(written(applyAll(undone, inverseOperations(author, back))), written(after));
      }),
    );
  });

  it('deletes what was created, only as it was created', () => {
    fc.assert(
      fc.property(draftArbitrary('task'), draftArbitrary('task'), (draft, later) => {
        const create = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'new', ...draft });
        const created = applyAll(new Map(), [create]) as World;
        const back = inverseOperations(author, [create]);
        assert.equal(applyAll(created, back)?.size, 0);
        const edit = updateOperation(author, 'task', created.get('T-1') as Entity, later);
        const edited = applyAll(created, [edit]) as World;
        const isSame = JSON.stringify(written(edited)) === JSON.stringify(written(created));
        if (!isSame) assert.notEqual(applyAll(edited, back)?.size, 0);
      }),
    );
  });

  it('never overwrites a scalar value that has moved on', () => {
    fc.assert(
      fc.property(acts, fc.constantFrom('name', 'title'), ({ entity, operations }, field) => {
        const touched = operations.some((one) => one.kind === 'update' && field in one.set);
        const after = applyAll(new Map([[entity.id, entity]]), operations) as World;
        const now = after.get(entity.id);
        if (!touched || !now) return;
        const moved = applyAll(after, [updateOperation(author, kindOf(entity), now, { [field]: 'of somebody else' })]);
        assert.equal(applyAll(moved as World, inverseOperations(author, operations)), undefined);
      }),
    );
  });

  it('goes back along a way that the lifecycle does not know, step by step', () => {
    const fresh = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'x' });
    const world = applyAll(new Map(), [fresh]) as World;
    const operations = statusOperations(author, 'task', world.get('T-1') as Task, 'done');
    assert.ok(operations.length > 1);
    let now = applyAll(world, operations) as World;
    for (const operation of inverseOperations(author, operations)) {
      const next = applyAll(now, [operation]) as World;
      const [from, to] = [now.get('T-1') as Entity, next.get('T-1') as Entity];
      assert.equal(outcomeProblem(operation, from, to), undefined);
      const { undoes: _, ...plain } = operation;
      assert.equal(outcomeProblem(plain, from, to)?.code, 'illegal-transition');
      now = next;
    }
    const task = now.get('T-1') as Task;
    assert.deepEqual([task.status, task.completedAt], ['new', null]);
  });

  it('is one group with names of its own, and says what it takes back', () => {
    const create = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'x' });
    const world = applyAll(new Map(), [create]) as World;
    const steps = statusOperations(author, 'task', world.get('T-1') as Task, 'in_progress');
    const back = inverseOperations(author, steps);
    assert.deepEqual(
      back.map(({ undoes }) => undoes),
      steps.map(({ opId }) => opId).reverse(),
    );
    assert.equal(new Set(back.map(({ groupId }) => groupId)).size, 1);
    assert.ok(back.every(({ groupId }) => groupId !== undefined && groupId !== steps[0]?.groupId));
    assert.deepEqual(
      back.map(({ opId }) => opId),
      back.map(({ opId }) => opId).sort(),
      'the order of names is the order of the group',
    );
    assert.equal(inverseOperations(author, [create])[0]?.groupId, undefined, 'a single one is no group');
  });
});
