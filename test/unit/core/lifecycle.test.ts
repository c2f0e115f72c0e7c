import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type EntityKind, entityKinds } from '../../../src/core/ids.ts';
import {
  canStep,
  isDelivered,
  isFinished,
  isReopening,
  nextStatuses,
  requiredField,
  statusesOf,
  statusPath,
} from '../../../src/core/lifecycle.ts';
import { kindArbitrary } from '../../support/arbitraries.ts';

/** The table of docs: DTM API v1, "Lifecycle", written down again so that a slip in the code shows. */
const sprintTable = {
  new: ['pending', 'assigned', 'active', 'cancelled'],
  pending: ['assigned', 'active', 'cancelled'],
  assigned: ['active', 'blocked', 'cancelled'],
  active: ['in_progress', 'blocked', 'completed', 'cancelled'],
  in_progress: ['blocked', 'completed', 'cancelled'],
  blocked: ['active', 'cancelled'],
  completed: ['closed'],
  closed: [],
  cancelled: [],
};
const table: Readonly<Record<EntityKind, Readonly<Record<string, readonly string[]>>>> = {
  task: {
    new: ['ready', 'dropped'],
    ready: ['active', 'in_progress', 'blocked', 'dropped'],
    active: ['in_progress', 'blocked', 'dropped'],
    in_progress: ['review', 'blocked', 'done', 'dropped'],
    blocked: ['in_progress', 'ready', 'dropped'],
    review: ['in_progress', 'done', 'dropped'],
    done: [],
    dropped: [],
  },
  sprint: sprintTable,
  project: {
    ...sprintTable,
    active: ['in_progress', 'blocked', 'completed', 'cancelled', 'paused'],
    in_progress: ['blocked', 'completed', 'cancelled', 'paused'],
    paused: ['active', 'in_progress'],
  },
};

/** The length of the shortest way by trying every walk of that length; only the ends may need a reason. */
function shortest(kind: EntityKind, from: string, to: string): number | undefined {
  let reached = new Set([from]);
  for (let steps = 0; steps <= statusesOf(kind).length; steps++) {
    if (reached.has(to)) return steps;
    const passable = [...reached].filter((s) => s === from || (s !== 'blocked' && s !== 'pending'));
    reached = new Set(passable.flatMap((status) => table[kind][status] ?? []));
  }
  return undefined;
}

const journeys = kindArbitrary.chain((kind) =>
  fc.tuple(fc.constant(kind), fc.constantFrom(...statusesOf(kind)), fc.constantFrom(...statusesOf(kind))),
);

describe('lifecycle', () => {
  for (const kind of entityKinds) {
    it(`has the documented steps of a ${kind}`, () => {
      assert.deepEqual([...statusesOf(kind)].sort(), Object.keys(table[kind]).sort());
      for (const [from, next] of Object.entries(table[kind])) {
        assert.deepEqual([...nextStatuses(kind, from)].sort(), [...next].sort(), `${kind}: ${from}`);
      }
    });
  }

  it('allows a step by the table, none at all, or the reopening of a task', () => {
    fc.assert(
      fc.property(journeys, ([kind, from, to]) => {
        const reopening = kind === 'task' && ['done', 'dropped'].includes(from) && to === 'ready';
        assert.equal(canStep(kind, from, to), from === to || table[kind][from]!.includes(to) || reopening);
        assert.equal(isReopening(kind, from, to), reopening);
      }),
    );
  });

  it('finds a shortest way that follows the table and never stops where a reason is needed', () => {
    fc.assert(
      fc.property(journeys, ([kind, from, to]) => {
        const path = statusPath(kind, from, to);
        assert.equal(path?.length, shortest(kind, from, to));
        let at = from;
        for (const step of path ?? []) {
          assert.ok(table[kind][at]!.includes(step), `${kind}: ${at} → ${step}`);
          assert.ok(step === to || !['blocked', 'pending'].includes(step));
          at = step;
        }
        if (path) assert.equal(at, to);
      }),
      { numRuns: 500 },
    );
  });

  it('completes a new task over ready and in_progress', () => {
    assert.deepEqual(statusPath('task', 'new', 'done'), ['ready', 'in_progress', 'done']);
    assert.equal(statusPath('task', 'done', 'new'), undefined);
  });

  it('knows what each status requires', () => {
    assert.equal(requiredField('task', 'blocked'), 'blockedReason');
    assert.equal(requiredField('sprint', 'pending'), 'pendingReason');
    for (const status of ['assigned', 'active', 'in_progress']) {
      assert.equal(requiredField('project', status), 'owner');
      assert.equal(requiredField('sprint', status), undefined);
    }
    assert.equal(requiredField('task', 'done'), undefined);
  });

  it('tells finished from delivered', () => {
    assert.ok(isFinished('task', 'dropped') && !isDelivered('task', 'dropped') && isDelivered('task', 'done'));
    assert.ok(isFinished('sprint', 'closed') && !isDelivered('sprint', 'closed') && isDelivered('sprint', 'completed'));
    assert.ok(!isFinished('project', 'paused') && isFinished('project', 'cancelled'));
  });
});
