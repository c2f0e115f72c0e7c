import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { RunningProcess } from '../support/processes.ts';
import { useFaultBench } from './faultBench.ts';
import { Trial } from './trial.ts';

const dayBack = ['--import', resolve(import.meta.dirname, '../support/dayBack.ts')];

describe('a clock that is set back a day in the middle of work', function () {
  this.timeout(120_000);
  const bench = useFaultBench(dayBack);

  /** @returns how far from now its clock is, in hours */
  async function setBack(process: RunningProcess): Promise<number> {
    process.signal('SIGUSR2');
    const line = await process.waitForLine(/^clk /);
    const { now } = JSON.parse(line.slice(4)) as { now: string };
    return Math.round((Date.now() - Date.parse(now)) / 3_600_000);
  }

  it('of a window, then of the server, then of a terminal that opens the tracker anew for each command: the order of changes stays, nothing is lost or done twice', async () => {
    const trial = new Trial('clock', ['clock set back']);
    const machine = await bench().machine('clock');
    const window = await bench().startWriter(machine, { name: 'w', role: 'window', nodeArgs: dayBack });
    const terminal = await bench().startWriter(machine, { name: 't', role: 'terminal', nodeArgs: dayBack });
    await Promise.all([window.next('ack'), terminal.next('ack')]);
    for (const process of [window.process, bench().server.process, terminal.process]) {
      assert.equal(await setBack(process), 24);
      trial.injected('clock set back');
      await Promise.all([window.next('ack'), terminal.next('ack')]);
    }
    await bench().finish(window, terminal);
    assert.deepEqual([...window.refused, ...terminal.refused], []);
    trial.acknowledged(bench().ledger.acknowledged);
    trial.conclude(await bench().judge(machine));
  });
});
