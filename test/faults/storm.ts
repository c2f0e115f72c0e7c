import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, faults } from '../support/faultProxy/fault.ts';
import type { FaultProxy } from '../support/faultProxy.ts';

const gusts = 120;

/** Injects one fault after the other until all is done; after so many it calms down, so that it ends. */
export async function blow(
  proxy: FaultProxy,
  random: () => number,
  isDone: () => boolean,
  count: (fault: Fault) => void,
): Promise<void> {
  for (let gust = 0; gust < gusts && !isDone(); gust++) {
    await delay(Math.floor(random() * 60));
    const fault = chooseFault(random);
    count(fault);
    await proxy.set(fault);
    await delay(Math.floor(random() * 40));
    await proxy.pass();
  }
}

function chooseFault(random: () => number): Fault {
  const all: readonly Fault[] = [
    faults.reset,
    faults.refuse,
    faults.blackHole,
    faults.delay(5),
    faults.cut(Math.floor(random() * 20_000), 'toClient'),
    faults.cut(Math.floor(random() * 200_000), 'toServer'),
  ];
  return all[Math.floor(random() * all.length)] ?? faults.reset;
}
