import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DtmError } from '../../../src/core/errors.ts';
import { connectionAfter, nextConnection, retryDelay } from '../../../src/workspace/connectionState.ts';
import { within } from '../../../src/workspace/within.ts';

describe('retry delay', () => {
  it('doubles from a second to a minute, to two seconds on this machine, with half of it left to chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.boolean(),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, isLoopback, random) => {
          const span = Math.min(isLoopback ? 2_000 : 60_000, 1_000 * 2 ** (attempt - 1));
          const delay = retryDelay(attempt, isLoopback, random);
          assert.ok(delay >= span / 2 && delay <= span, `${delay} of ${span}`);
        },
      ),
    );
  });
});

describe('connection', () => {
  const clock = { now: () => '2026-01-02T00:00:00.000Z', monotonic: () => 0 };
  const before = { kind: 'offline', since: '2026-01-01T00:00:00.000Z', reason: 'refused' } as const;

  it('keeps since when while it stays what it is, and forgets the reason with the state', () => {
    assert.equal(nextConnection(before, 'offline', clock, { reason: 'reset' }).since, before.since);
    assert.deepEqual(nextConnection(before, 'online', clock, { synced: true }), {
      kind: 'online',
      since: clock.now(),
      lastSync: clock.now(),
    });
  });

  it('counts a sync as part of being online', () => {
    const online = { kind: 'online', since: '2026-01-01T00:00:00.000Z' } as const;
    const syncing = nextConnection(online, 'syncing', clock);
    assert.equal(nextConnection(syncing, 'online', clock).since, online.since);
  });

  it('keeps the last sync through every failure', () => {
    const online = nextConnection(before, 'online', clock, { synced: true });
    assert.equal(nextConnection(online, 'offline', clock, { reason: 'reset' }).lastSync, clock.now());
  });

  it('tells a server that cannot be reached from one that does not want us', () => {
    const kinds = (
      ['offline', 'timeout', 'unauthenticated', 'token-expired', 'incompatible', 'overloaded'] as const
    ).map((code) => connectionAfter(new DtmError(code, code)));
    assert.deepEqual(kinds, ['offline', 'offline', 'signed-out', 'signed-out', 'incompatible', 'degraded']);
  });
});

describe('within', () => {
  it('gives the value, or undefined when it takes longer', async () => {
    assert.equal(await within(Promise.resolve(1), 1_000), 1);
    assert.equal(await within(new Promise(() => {}), 1), undefined);
  });

  it('leaves no unhandled rejection behind when the promise fails later', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listen);
    let fail = (): void => {};
    const promise = new Promise<never>((_, reject) => {
      fail = () => reject(new Error('late'));
    });
    assert.equal(await within(promise, 1), undefined);
    fail();
    await new Promise((resume) => setImmediate(resume));
    process.off('unhandledRejection', listen);
    assert.deepEqual(unhandled, []);
  });

  it('fails as the promise fails', async () => {
    await assert.rejects(within(Promise.reject(new Error('at once')), 1_000), /at once/);
  });
});
