import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entity } from '../../../src/core/entity.ts';
import { createOperation, updateOperation } from '../../../src/core/expand.ts';
import type { EntityKind } from '../../../src/core/ids.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { prerequisites, rebaseEntity } from '../../../src/core/rebase.ts';
import { draftArbitrary, entityArbitrary, kindArbitrary } from '../../support/arbitraries.ts';
import { authorNamed } from '../../support/author.ts';
import { type Edit, editArbitrary, Replica, Server } from '../../support/replicas.ts';

const author = authorNamed();

describe('rebaseEntity', () => {
  it('shows the same whichever prefix of the acknowledged operations is folded into the base', () => {
    const histories = kindArbitrary.chain((kind) =>
      fc.tuple(
        fc.constant(kind),
        entityArbitrary<EntityKind>(kind),
        fc.array(draftArbitrary(kind), { minLength: 1, maxLength: 8 }),
      ),
    );
    fc.assert(
      fc.property(histories, fc.nat({ max: 8 }), ([kind, base, drafts], cut) => {
        const { pending, seen } = editInTurn(kind, base, drafts);
        const fold = (current: Entity | null, operation: Operation) => rebaseEntity(current, [operation]).entity;
        const folded = pending.slice(0, cut).reduce(fold, base);
        assert.deepEqual(rebaseEntity(folded, pending.slice(cut)), { entity: seen, conflicts: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out what no longer fits, and keeps the rest', () => {
    const base = rebaseEntity(null, [createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' })])
      .entity!;
    const title = updateOperation(author, 'task', base, { title: 'Mine' });
    const owner = updateOperation(author, 'task', base, { owner: 'ada' });
    const theirs = rebaseEntity(base, [updateOperation(author, 'task', base, { title: 'Theirs' })]).entity!;
    const { entity, conflicts } = rebaseEntity(theirs, [title, owner]);
    assert.deepEqual(conflicts, [title]);
    assert.deepEqual(entity && 'title' in entity && [entity.title, entity.owner], ['Theirs', 'ada']);
  });

  it('treats a step that others made illegal as a conflict', () => {
    const draft = { projectId: 'P-1', title: 'One', status: 'ready' };
    const base = rebaseEntity(null, [createOperation(author, 'task', 'T-1', draft)]).entity!;
    const mine = updateOperation(author, 'task', base, { blockedReason: 'rain', status: 'blocked' });
    const others = rebaseEntity(base, [updateOperation(author, 'task', base, { status: 'dropped' })]).entity!;
    assert.deepEqual(rebaseEntity(others, [mine]), { entity: others, conflicts: [mine] });
  });

  it('lets edits wait with the creation that conflicts', () => {
    const create = createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'One' });
    const other = rebaseEntity(null, [createOperation(author, 'task', 'T-1', { projectId: 'P-1', title: 'Two' })])
      .entity!;
    assert.deepEqual(rebaseEntity(other, [create]), { entity: other, conflicts: [create] });
  });
});

function editInTurn(kind: EntityKind, base: Entity, drafts: readonly Readonly<Record<string, unknown>>[]) {
  let seen: Entity | null = base;
  const pending: Operation[] = [];
  for (const draft of drafts) {
    const operation = updateOperation(author, kind, seen as Entity, draft);
    const next = rebaseEntity(seen, [operation]);
    if (next.conflicts.length > 0) continue;
    pending.push(operation);
    seen = next.entity;
  }
  return { pending, seen };
}

describe('prerequisites', () => {
  it('names what an operation needs to exist', () => {
    const draft = { projectId: 'P-1', sprintId: 'S-1', parentId: 'T-2', dependsOn: ['T-3'], title: 'One' };
    const create = createOperation(author, 'task', 'T-1', draft);
    assert.deepEqual(prerequisites(create), ['P-1', 'S-1', 'T-2', 'T-3']);
    const task = rebaseEntity(null, [create]).entity!;
    const move = updateOperation(author, 'task', task, { sprintId: 'S-2', dependsOn: ['T-4'], title: 'Two' });
    assert.deepEqual(prerequisites(move), ['T-1', 'S-2', 'T-4']);
  });
});

describe('replicas and a server', () => {
  it('converge, whatever the order, and settle every operation', () => {
    const steps = fc.array(
      fc.record({
        replica: fc.nat({ max: 3 }),
        action: fc.oneof(
          { weight: 5, arbitrary: editArbitrary },
          { weight: 2, arbitrary: fc.constant('push' as const) },
          { weight: 2, arbitrary: fc.constant('lost-push' as const) },
          { weight: 2, arbitrary: fc.constant('pull' as const) },
        ),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), steps, (count, script) => {
        const server = new Server();
        const replicas = Array.from({ length: count }, (_, index) => new Replica(server, `replica-${index}`));
        for (const { replica, action } of script) act(replicas[replica % count]!, action);
        for (const replica of replicas) replica.sync();
        for (const replica of replicas) replica.pull();
        for (const replica of replicas) {
          assert.deepEqual(replica.base, server.entities);
          assert.deepEqual(replica.visible(), server.entities);
          assert.equal(replica.made.length, replica.acknowledged.size + replica.conflicts.size);
          for (const operation of replica.made) {
            assert.ok(server.isApplied(operation.opId) !== replica.conflicts.has(operation.opId));
          }
        }
        assert.equal(server.applications, new Set(server.appliedIds).size);
      }),
      { numRuns: 500 },
    );
  });
});

function act(replica: Replica, action: Edit | 'push' | 'lost-push' | 'pull'): void {
  if (action === 'push') replica.push();
  else if (action === 'lost-push') replica.pushAndLoseTheAnswer();
  else if (action === 'pull') replica.pull();
  else replica.edit(action);
}
