import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type EntityKind, entityKinds } from '../../../src/core/ids.ts';
import { operationFromTrustedWire, operationFromWire, operationToWire } from '../../../src/core/operationWire.ts';
import { entityFromTrustedWire, entityFromWire, entityToWire } from '../../../src/core/wire.ts';
import { entityArbitrary, operationArbitrary } from '../../support/arbitraries.ts';
import { throwsWith } from '../../support/rejects.ts';

const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

const header = {
  op_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  entity: 'task',
  id: 'T-1',
  at: '2026-03-01T12:00:00.000Z',
  account: 'ada',
  surface: 'cli',
};

describe('operations on the wire', () => {
  for (const kind of entityKinds) {
    it(`brings every ${kind} back as it was`, () => {
      fc.assert(
        fc.property(entityArbitrary<EntityKind>(kind), (entity) => {
          const wire = entityToWire(kind, entity);
          assert.deepEqual(entityFromWire(kind, wire), entity);
          assert.deepEqual(entityFromWire(kind, throughJson(wire)), entity);
          assert.deepEqual(entityFromTrustedWire(kind, throughJson(wire)), entity);
        }),
      );
    });
  }

  it('brings every operation back as it was', () => {
    fc.assert(
      fc.property(operationArbitrary, (operation) => {
        const wire = operationToWire(operation);
        assert.deepEqual(operationFromWire(wire), operation);
        assert.deepEqual(operationFromWire(throughJson(wire)), operation);
        assert.deepEqual(operationFromTrustedWire(throughJson(wire)), operation);
      }),
      { numRuns: 300 },
    );
  });

  it('uses snake_case throughout', () => {
    fc.assert(
      fc.property(operationArbitrary, (operation) => {
        const { data, before, set, sets, ...rest } = operationToWire(operation) as Record<string, object>;
        for (const part of [rest, data, before, set, sets]) {
          for (const name of Object.keys(part ?? {})) assert.match(name, /^[a-z_]+$/);
        }
      }),
    );
  });

  it('names what is wrong with an operation', () => {
    const cases: readonly [unknown, RegExp][] = [
      [null, /not an operation/],
      [{ ...header, kind: 'update', op_id: 'x' }, /op_id/],
      [{ ...header, kind: 'explode' }, /kind/],
      [{ ...header, kind: 'create' }, /not a valid task: expected an object/],
      [{ ...header, kind: 'update', set: { colour: { from: null, to: 'red' } } }, /colour cannot be set on a task/],
      [{ ...header, kind: 'update', set: { version: { from: 1, to: 9 } } }, /version cannot be set/],
      [{ ...header, kind: 'update', set: { completed_at: { from: null, to: header.at } } }, /completed_at/],
      [{ ...header, kind: 'update', set: { labels: { from: [], to: ['a'] } } }, /labels cannot be set/],
      [{ ...header, kind: 'update', sets: { title: { add: ['a'], remove: [] } } }, /title cannot be edited as a set/],
      [{ ...header, kind: 'update', set: { title: { from: 'a', to: '' } } }, /title/],
      [{ ...header, kind: 'update', set: { status: { from: 'new', to: 'finished' } } }, /status/],
      [{ ...header, kind: 'update', set: { title: { from: 'a', to: 'x\u0000' } } }, /NUL/],
    ];
    for (const [wire, message] of cases) {
      const error = throwsWith(() => operationFromWire(wire), 'validation');
      assert.match(error.message, message);
    }
  });

  it('refuses an operation about one entity that carries another', () => {
    fc.assert(
      fc.property(entityArbitrary('task'), (task) => {
        const wire = { ...header, id: 'T-other', kind: 'create', data: entityToWire('task', task) };
        assert.match(throwsWith(() => operationFromWire(wire), 'validation').message, /T-other/);
      }),
      { numRuns: 10 },
    );
  });
});
