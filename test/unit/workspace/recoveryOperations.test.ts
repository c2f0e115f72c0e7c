import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { applyOperation } from '../../../src/core/apply.ts';
import { newEntity } from '../../../src/core/draft.ts';
import type { Entity } from '../../../src/core/entity.ts';
import { derivedUlid } from '../../../src/core/ids.ts';
import { canStep, statusesOf, statusPath } from '../../../src/core/lifecycle.ts';
import type { Change } from '../../../src/core/ports.ts';
import { entityProblem } from '../../../src/core/rules.ts';

import { recoveryOperations } from '../../../src/workspace/recovery/recoveryOperations.ts';

const author = { account: 'ana', surface: 'import', reason: 'restored' } as const;
const dataset = 'data;epoch=2';

function task(version: number, draft: Readonly<Record<string, unknown>> = {}): Entity {
  const at = `2026-01-0${version}T00:00:00.000Z`;
  return { ...newEntity('task', 'T-1', { projectId: 'P-1', title: 't', ...draft }, at, 'ana'), version, updatedAt: at };
}

const snapshot = (...entities: Entity[]) =>
  new Map(
    entities.map((data): [string, Change] => {
      return [data.id, { entity: 'task', id: data.id, version: data.version, data, opId: null }];
    }),
  );

const recover = (known: Entity[], before: Entity[], after = before) =>
  recoveryOperations({ known, before: snapshot(...before), after: snapshot(...after), author, dataset });

/** What a server makes of the operations; fails where it would refuse one. */
function applied(from: Entity | null, operations: ReturnType<typeof recover>['operations']): Entity | null {
  let entity = from;
  for (const operation of operations) {
    const result = applyOperation(entity, operation, { now: operation.at, at: operation.at, actor: 'ana' });
    assert.equal(result.outcome, 'applied');
    const next = result.outcome === 'applied' ? result.entity : null;
    if (entity && next) {
      assert.ok(canStep('task', entity.status, next.status), `${entity.status} → ${next.status}`);
      assert.equal(entityProblem('task', entity, next), undefined);
    }
    entity = next;
  }
  return entity;
}

const statusDraft = fc.constantFrom(...statusesOf('task')).map((status) => ({
  status,
  ...(status === 'blocked' ? { blockedReason: 'waits' } : {}),
}));
const draft = fc
  .record({ more: statusDraft, title: fc.constantFrom('a', 'b'), labels: fc.uniqueArray(fc.constantFrom('x', 'y')) })
  .map(({ more, ...rest }) => ({ ...rest, ...more }));

describe('recovery operations', () => {
  it('bring an untouched older form back to what was known, by allowed steps, wherever a way leads there', () => {
    fc.assert(
      fc.property(draft, draft, (older, newer) => {
        const [restored, known] = [task(1, older), task(3, newer)];
        const mended = applied(restored, recover([known], [restored]).operations);
        assert.deepEqual(
          { ...mended, status: 0, blockedReason: 0, completedAt: 0, startedAt: 0, version: 0, updatedAt: 0 },
          {
            ...known,
            status: 0,
            blockedReason: 0,
            completedAt: 0,
            startedAt: 0,
            version: 0,
            updatedAt: 0,
            createdAt: restored.createdAt,
          },
        );
        const reopened = ['done', 'dropped'].includes(older.status) ? ['ready'] : [];
        const isReachable = [older.status, ...reopened].some((from) => statusPath('task', from, newer.status));
        if (isReachable) assert.equal(mended?.status, newer.status);
      }),
    );
  });

  it('are the same whichever client makes them, and others for another epoch', () => {
    const make = () => recover([task(3, { title: 'known' })], [task(1)]).operations;
    assert.deepEqual(make(), make());
    const later = recoveryOperations({
      known: [task(3, { title: 'known' })],
      before: snapshot(task(1)),
      after: snapshot(task(1)),
      author,
      dataset: 'data;epoch=3',
    });
    assert.notEqual(later.operations[0]?.opId, make()[0]?.opId);
    assert.equal(later.operations.length, make().length);
  });

  it('leave alone what somebody has touched since, and what is as it was known', () => {
    assert.deepEqual(recover([task(2, { title: 'known' })], [task(3, { title: 'since' })]).operations, []);
    assert.deepEqual(recover([task(2)], [task(2)]).operations, []);
    const touchedLater = { ...task(1, { title: 'since' }), updatedAt: '2026-02-01T00:00:00.000Z' };
    assert.deepEqual(recover([task(2, { title: 'known' })], [touchedLater]).operations, []);
  });

  it('create what is missing, and never what was deleted', () => {
    const known = task(2);
    const [made] = recover([known], []).operations;
    assert.equal(made?.kind, 'create');
    const deleted = new Map([
      [known.id, { entity: 'task', id: known.id, version: 3, data: null, opId: null } as Change],
    ]);
    assert.deepEqual(
      recoveryOperations({ known: [known], before: deleted, after: deleted, author, dataset }).operations,
      [],
    );
  });
});

describe('derivedUlid', () => {
  it('is an operation id for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 26, maxLength: 40 }), (bytes) => {
        assert.ok(z.ulid().safeParse(derivedUlid(bytes)).success);
      }),
    );
  });
});
