import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Lease, LeaseKeeper } from '../../../src/workspace/lease.ts';
import { ownIdentity, type ProcessIdentity } from '../../../src/workspace/processIdentity.ts';
import type { Tracker } from '../../../src/workspace/tracker.ts';
import { type RunningProcess, startProcess } from '../../support/processes.ts';
import { useTemporaryFolder } from '../../support/temporary.ts';
import { openTracker, projectOperation, systemClock } from '../../support/trackerBench.ts';

describe('lease', function () {
  this.timeout(60_000);
  const root = useTemporaryFolder('lease');
  const processes: RunningProcess[] = [];
  const leases: Lease[] = [];
  afterEach(async () => {
    for (const lease of leases.splice(0)) await lease.release();
    for (const one of processes.splice(0)) await one.kill();
  });

  const racer = async (): Promise<RunningProcess> => {
    const one = await startProcess(process.execPath, [
      resolve(import.meta.dirname, '../../support/leaseRacer.ts'),
      root(),
    ]);
    processes.push(one);
    await one.waitForLine(/^ready$/);
    return one;
  };
  const outcome = async (one: RunningProcess): Promise<string> => one.waitForLine(/^(held \d+|refused)$/);
  /** Of a process of another machine, whose pid says nothing here. */
  const foreign: ProcessIdentity = { pid: 1, start: '1', realm: 'elsewhere' };
  const keeperOf = (identity: ProcessIdentity, monotonic = systemClock.monotonic): LeaseKeeper =>
    new LeaseKeeper(root(), identity, { ...systemClock, monotonic });
  const kept = (lease: Lease | undefined): Lease => {
    assert.ok(lease);
    leases.push(lease);
    return lease;
  };

  it('goes to exactly one of eight processes that race for it, again and again', async () => {
    for (let round = 1; round <= 3; round++) {
      const racers = await Promise.all(Array.from({ length: 8 }, racer));
      for (const one of racers) one.write('go\n');
      const outcomes = await Promise.all(racers.map(outcome));
      const winners = racers.filter((_, index) => outcomes[index] !== 'refused');
      assert.equal(winners.length, 1, outcomes.join());
      winners[0]?.write('end\n');
      assert.match((await winners[0]?.waitForLine(/^still/)) ?? '', /true/);
      await winners[0]?.exited;
      await Promise.all(racers.map((one) => one.kill()));
    }
  });

  it('is free at once when its owner was killed', async () => {
    const owner = await racer();
    owner.write('go\n');
    assert.match(await outcome(owner), /^held/);
    const keeper = keeperOf(await ownIdentity());
    assert.equal(await keeper.tryAcquire(), undefined);
    await owner.kill();
    kept(await keeper.tryAcquire());
  });

  it('is free after five seconds of silence, by the steady clock of whoever waits', async () => {
    const silent = kept(await keeperOf(foreign).tryAcquire());
    await silent.release();
    leases.length = 0;
    // As it was before it was released: a process that hangs.
    const text = JSON.stringify({ number: silent.number, process: foreign, released: false });
    await writeFile(join(root(), `lease-${silent.number}.json`), text);
    let now = 1_000;
    const keeper = keeperOf(await ownIdentity(), () => now);
    assert.equal(await keeper.tryAcquire(), undefined);
    now += 4_900;
    assert.equal(await keeper.tryAcquire(), undefined);
    now += 200;
    assert.equal(kept(await keeper.tryAcquire()).number, silent.number + 1);
    assert.equal(await silent.isHeld(), false);
  });

  it('goes on with the next number after it was released', async () => {
    const keeper = keeperOf(await ownIdentity());
    const first = kept(await keeper.tryAcquire());
    assert.equal(await keeper.isHeldElsewhere(), true);
    await first.release();
    assert.equal(await keeper.isHeldElsewhere(), false);
    assert.equal(kept(await keeper.tryAcquire()).number, first.number + 1);
    assert.deepEqual(
      (await readdir(root())).filter((name) => name.startsWith('lease-')),
      [`lease-${first.number + 1}.json`],
    );
  });

  it('keeps a holder that lost it from writing what only the holder writes', async () => {
    const zombie = await openTracker(root());
    const operation = projectOperation('zombie');
    await zombie.commit([operation]);
    await zombie.settle([operation.opId], 5_000);
    const state = join(root(), 'state');
    const taken = new Lease(state, 1_000, await ownIdentity());
    leases.push(taken);
    const holder = JSON.stringify({ number: 1_000, process: await ownIdentity(), released: false });
    await writeFile(join(state, 'lease-1000.json'), holder);
    await writeFile(join(state, 'status.json'), 'of the new holder');
    await zombie.close();
    assert.equal(await readFile(join(state, 'status.json'), 'utf8'), 'of the new holder');
    assert.deepEqual(await readdir(join(root(), 'workspace')), []);
    assert.deepEqual(
      (await readdir(state)).filter((name) => name.startsWith('base-')),
      [],
    );
  });

  it('passes from a resident that lost it to the one that has it, and both go on', async () => {
    const trackers: Tracker[] = [];
    try {
      for (let index = 0; index < 2; index++) {
        const tracker = await openTracker(root(), { resident: true });
        trackers.push(tracker);
        await tracker.start();
      }
      const [first, second] = trackers;
      const operation = projectOperation('through the other');
      await second?.commit([operation]);
      await second?.settle([operation.opId], 10_000);
      await first?.close();
      const next = projectOperation('alone');
      await second?.commit([next]);
      const settled = await second?.settle([next.opId], 10_000);
      assert.equal(settled?.get(next.opId)?.outcome, 'acknowledged');
    } finally {
      for (const tracker of trackers) await tracker.close();
    }
  });
});
