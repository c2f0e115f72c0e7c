import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { soundLedger, stories } from '../support/ledgerCheck.ts';
import { runProcess } from '../support/processes.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { openTracker, projectOperation } from '../support/trackerBench.ts';

describe('a process that is killed while it writes the evidence ledger', function () {
  this.timeout(60_000);
  const root = useTemporaryFolder('ledger-kills');
  const worker = resolve(import.meta.dirname, 'ledgerWorker.ts');

  /** @returns how much the killed process had not written */
  async function killed(when: 'unwritten' | 'unmarked'): Promise<number> {
    const { stdout, stderr } = await runProcess(process.execPath, [worker, root(), when]);
    assert.equal(stderr, '');
    return Number(stdout);
  }

  async function takeOver(): Promise<void> {
    const tracker = await openTracker(root());
    const operation = projectOperation('afterwards');
    await tracker.commit([operation]);
    await tracker.settle([operation.opId], 5_000);
    assert.deepEqual(tracker.status.notices, []);
    await tracker.close();
  }

  for (const [first, second] of [
    ['unwritten', 'unmarked'],
    ['unmarked', 'unwritten'],
  ] as const) {
    it(`leaves one intent and one outcome of each operation: first ${first}, then ${second}`, async () => {
      const left = [await killed(first), await killed(second)];
      assert.deepEqual(
        left.map((count) => count > 0),
        [first === 'unwritten', second === 'unwritten'],
      );
      await takeOver();
      const records = await soundLedger(root());
      assert.deepEqual(stories(records), [
        'create project: intent, acknowledged',
        'create task: intent, acknowledged',
        'create task: intent, acknowledged',
        'create project: intent, acknowledged',
      ]);
      assert.deepEqual(
        records.filter(({ action }) => action === 'remote'),
        [],
      );
    });
  }
});
