import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyOperation } from '../../../src/core/apply.ts';
import { checkOperations } from '../../../src/core/checkOperations.ts';
import { creationOf, inCreationOrder, missingEntities } from '../../../src/core/creation.ts';
import { newEntity } from '../../../src/core/draft.ts';
import type { Entity } from '../../../src/core/entity.ts';
import { prerequisites } from '../../../src/core/rebase.ts';
import type { Task } from '../../../src/core/task.ts';
import { EntityTable } from '../../../src/workspace/entityTable.ts';
import { author } from '../../support/trackerBench.ts';

const at = '2026-01-01T00:00:00.000Z';
const idOf = (index: number): string => `T-${String(index).padStart(6, '0')}`;

/** Tasks in any order, each with a parent and dependencies among those of a lower rank. */
const tasks = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 30 }).chain((ids) =>
  fc
    .tuple(...ids.map(() => fc.tuple(fc.option(fc.nat(100)), fc.array(fc.nat(100), { maxLength: 3 }))))
    .chain((links) => {
      const made = ids.map((id, rank): Entity => {
        const lower = (pick: number): string => idOf(ids[pick % rank] ?? 0);
        const [parent, dependsOn] = links[rank] ?? [null, []];
        const parentId = rank === 0 || parent === null ? null : lower(parent);
        const others = rank === 0 ? [] : [...new Set(dependsOn.map(lower))];
        const draft = { projectId: 'P-000001', sprintId: 'S-000001', title: `t${rank}`, parentId, dependsOn: others };
        return newEntity('task', idOf(id), draft, at, 'ana');
      });
      return fc.shuffledSubarray(made, { minLength: made.length });
    }),
);

describe('creation', () => {
  it('creates everything after what it refers to', () => {
    fc.assert(
      fc.property(tasks, (made) => {
        const from = new EntityTable();
        for (const task of made) from.put(task);
        from.put(newEntity('sprint', 'S-000001', { projectId: 'P-000001', name: 's' }, at, 'ana'));
        from.put(newEntity('project', 'P-000001', { name: 'p' }, at, 'ana'));
        const operations = creationOf(
          author,
          missingEntities(from, () => false),
        );
        assert.equal(operations.length, made.length + 2);
        const there = new Set<string>();
        for (const operation of operations) {
          const early = prerequisites(operation).filter((id) => !there.has(id));
          assert.deepEqual(early, [], `${operation.id} comes before ${early}`);
          there.add(operation.id);
        }
      }),
    );
  });

  it('follows a chain of fifty thousand tasks to its end', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => {
      const dependsOn = index < 49_999 ? [idOf(index + 1)] : [];
      return newEntity('task', idOf(index), { projectId: 'P-000001', title: 't', dependsOn }, at, 'ana');
    });
    assert.deepEqual(inCreationOrder(chain), chain.toReversed());
  });

  it('adds what could not be said at once, where a task depends on a part of itself', () => {
    const task = (id: number, fields: object) =>
      newEntity('task', idOf(id), { projectId: 'P-000001', title: 't', ...fields }, at, 'ana');
    const made = [task(1, { dependsOn: [idOf(2), idOf(3)] }), task(2, { parentId: idOf(1) }), task(3, {})];
    const operations = creationOf(author, inCreationOrder(made));
    const visible = new EntityTable();
    visible.put(newEntity('project', 'P-000001', { name: 'p' }, at, 'ana'));
    // Throws where a server would refuse.
    checkOperations(visible, operations);
    const entities = new Map<string, Entity | null>();
    for (const operation of operations) {
      const before = entities.get(operation.id) ?? null;
      const result = applyOperation(before, operation, { now: at, at, actor: 'ana' });
      assert.ok(result.outcome === 'applied');
      entities.set(operation.id, result.entity);
    }
    const [epic, part] = [idOf(1), idOf(2)].map((id) => entities.get(id) as Task);
    assert.deepEqual([epic?.dependsOn, part?.parentId], [[idOf(2), idOf(3)], idOf(1)]);
    assert.deepEqual(made, [task(1, { dependsOn: [idOf(2), idOf(3)] }), task(2, { parentId: idOf(1) }), task(3, {})]);
  });

  it('leaves out what is known there, and comes to an end where tasks depend on each other in a circle', () => {
    const from = new EntityTable();
    for (const [id, other] of [
      [1, 2],
      [2, 1],
    ] as const)
      from.put(newEntity('task', idOf(id), { projectId: 'P-000001', title: 't', dependsOn: [idOf(other)] }, at, 'ana'));
    from.put(newEntity('project', 'P-000001', { name: 'p' }, at, 'ana'));
    const missing = missingEntities(from, (id) => id === 'P-000001');
    assert.deepEqual(missing.map((one) => one.id).sort(), [idOf(1), idOf(2)]);
  });
});
