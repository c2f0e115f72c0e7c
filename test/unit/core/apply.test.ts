import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyOperation, differingFields, type Stamp } from '../../../src/core/apply.ts';
import { changesOf } from '../../../src/core/draft.ts';
import { type Entity, editableFields, fieldValue, isSetField } from '../../../src/core/entity.ts';
import { createOperation, updateOperation } from '../../../src/core/expand.ts';
import type { EntityKind } from '../../../src/core/ids.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { rebaseEntity } from '../../../src/core/rebase.ts';
import {
  draftArbitrary,
  entityArbitrary,
  fieldArbitrary,
  kindArbitrary,
  operationArbitrary,
  updateArbitrary,
} from '../../support/arbitraries.ts';
import { authorNamed } from '../../support/author.ts';

const stamp: Stamp = { now: '2026-03-01T12:00:00.000Z', at: '2026-03-01T12:00:00.000Z', actor: 'bob' };
const author = authorNamed();

const kindAndEntity = kindArbitrary.chain((kind) => fc.tuple(fc.constant(kind), entityArbitrary<EntityKind>(kind)));

function mustApply(current: Entity | null, operation: Operation): Entity | null {
  const result = applyOperation(current, operation, stamp);
  assert.equal(result.outcome, 'applied', JSON.stringify(result));
  return result.outcome === 'applied' ? result.entity : null;
}

/** What people write, without versions and times. */
function written(kind: EntityKind, entity: Entity | null): unknown {
  return entity && Object.fromEntries(editableFields(kind).map((field) => [field, fieldValue(entity, field)]));
}

describe('applyOperation', () => {
  it('turns an entity into the one that was meant', () => {
    fc.assert(
      fc.property(
        kindAndEntity.chain(([kind, entity]) => fc.tuple(fc.constant(kind), fc.constant(entity), draftArbitrary(kind))),
        ([kind, entity, draft]) => {
          const next = mustApply(entity, updateOperation(author, kind, entity, draft));
          assert.deepEqual(changesOf(kind, next!, draft), { set: {}, sets: {} });
          const untouched = editableFields(kind).filter((field) => !(field in draft));
          for (const field of untouched) assert.deepEqual(fieldValue(next!, field), fieldValue(entity, field));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(
        kindAndEntity.chain(([kind, entity]) => fc.tuple(fc.constant(entity), updateArbitrary(kind, entity))),
        ([entity, operation]) => {
          const once = mustApply(entity, operation);
          assert.deepEqual(applyOperation(once, operation, stamp), {
            outcome: 'applied',
            entity: once,
            changed: false,
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not mind a creation, deletion or restoration that already happened', () => {
    fc.assert(
      fc.property(operationArbitrary, (operation) => {
        fc.pre(operation.kind !== 'update');
        const start = operation.kind === 'delete' ? operation.before : null;
        const once = mustApply(start, operation);
        const twice = applyOperation(once, operation, stamp);
        assert.deepEqual(twice, { outcome: 'applied', entity: once, changed: false });
      }),
    );
  });

  it('merges edits of different fields in either order', () => {
    const twoFields = kindAndEntity.chain(([kind, entity]) =>
      fc.uniqueArray(fc.constantFrom(...editableFields(kind)), { minLength: 2, maxLength: 2 }).chain(([f, g]) =>
        fc.tuple(
          fc.constant(kind),
          fc.constant(entity),
          fieldArbitrary(kind, f!).map((value) => ({ [f!]: value })),
          fieldArbitrary(kind, g!).map((value) => ({ [g!]: value })),
        ),
      ),
    );
    fc.assert(
      fc.property(twoFields, ([kind, entity, one, other]) => {
        const a = updateOperation(author, kind, entity, one);
        const b = updateOperation(author, kind, entity, other);
        const ab = mustApply(mustApply(entity, a), b);
        const ba = mustApply(mustApply(entity, b), a);
        assert.deepEqual(ab, ba);
      }),
      { numRuns: 300 },
    );
  });

  it('never lets a chain of edits conflict with itself', () => {
    const chains = kindArbitrary.chain((kind) =>
      fc.tuple(
        fc.constant(kind),
        entityArbitrary<EntityKind>(kind),
        fc.constantFrom(...editableFields(kind)).chain((field) =>
          fc.array(
            fieldArbitrary(kind, field).map((value) => ({ [field]: value })),
            { maxLength: 6 },
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(chains, ([kind, entity, drafts]) => {
        let mine: Entity = entity;
        const operations = drafts.map((draft) => {
          const operation = updateOperation(author, kind, mine, draft);
          mine = mustApply(mine, operation)!;
          return operation;
        });
        const other = operations.reduce<Entity>((current, operation) => mustApply(current, operation)!, entity);
        assert.deepEqual(written(kind, other), written(kind, mine));
      }),
      { numRuns: 300 },
    );
  });

  it('conflicts as a whole, naming the fields, when one scalar is neither the old nor the new value', () => {
    const create = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' });
    const base = mustApply(null, create)!;
    const mine = updateOperation(author, 'task', base, { title: 'Mine', priority: 'p0' });
    const theirs = mustApply(base, updateOperation(author, 'task', base, { title: 'Theirs' }))!;
    assert.deepEqual(applyOperation(theirs, mine, stamp), { outcome: 'conflict', fields: ['title'], current: theirs });
  });

  it('refuses to delete what was changed since, and to edit what is gone', () => {
    const base = mustApply(null, createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' }))!;
    const changed = mustApply(base, updateOperation(author, 'task', base, { title: 'Two' }))!;
    const {
      set: _set,
      sets: _sets,
      kind: _kind,
      ...header
    } = updateOperation(author, 'task', base, {}) as never as {
      set: unknown;
      sets: unknown;
      kind: string;
    } & Operation;
    const remove = { ...header, kind: 'delete', before: base } as Operation;
    assert.deepEqual(applyOperation(changed, remove, stamp), {
      outcome: 'conflict',
      fields: ['title'],
      current: changed,
    });
    const edit = updateOperation(author, 'task', base, { title: 'Three' });
    assert.deepEqual(applyOperation(null, edit, stamp), { outcome: 'conflict', fields: ['title'], current: null });
  });

  it('keeps started_at and completed_at in step with the status', () => {
    let task = mustApply(null, createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' }))!;
    const go = (status: string, at: string) => {
      const result = applyOperation(task, updateOperation(author, 'task', task, { status }), { ...stamp, at });
      task = result.outcome === 'applied' ? result.entity! : assert.fail();
      return [fieldValue(task, 'startedAt'), fieldValue(task, 'completedAt')];
    };
    const [t1, t2, t3] = ['2026-03-01T01:00:00.000Z', '2026-03-01T02:00:00.000Z', '2026-03-01T03:00:00.000Z'];
    assert.deepEqual(go('ready', t1), [null, null]);
    assert.deepEqual(go('in_progress', t1), [t1, null]);
    assert.deepEqual(go('done', t2), [t1, t2]);
    assert.deepEqual(go('ready', t3), [t1, null]);
    assert.deepEqual(go('in_progress', t3), [t1, null]);
  });

  it('compares what people write, not versions and times', () => {
    const base = mustApply(null, createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' }))!;
    assert.deepEqual(differingFields(base, { ...base, version: 9, updatedAt: '2030-01-01T00:00:00.000Z' }), []);
    assert.deepEqual(differingFields(base, { ...base, labels: ['b'] } as Entity), ['labels']);
  });

  it('edits every list by its elements', () => {
    for (const kind of ['project', 'task'] as const) {
      const lists = editableFields(kind).filter((field) => isSetField(kind, field));
      assert.ok(lists.length > 0);
    }
    const base = mustApply(
      null,
      createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One', labels: ['a', 'b'] }),
    )!;
    const add = updateOperation(author, 'task', base, { labels: ['a', 'b', 'c'] });
    const remove = updateOperation(author, 'task', base, { labels: ['b'] });
    const merged = rebaseEntity(base, [add, remove]);
    assert.deepEqual(merged.conflicts, []);
    assert.deepEqual(fieldValue(merged.entity!, 'labels'), ['b', 'c']);
  });
});
