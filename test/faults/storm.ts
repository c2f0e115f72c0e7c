import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, faults } from '../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { type RequestFault, RequestFaultProxy, requestFaults } from '../support/requestFaults.ts';
import type { FaultKind } from './faultTable.ts';
import type { Trial } from './trial.ts';

/** After so many it calms down, so that it ends. */
const mostGusts = 120;
const requestFaultShare = 0.3;

const byLink: Readonly<Partial<Record<Fault['kind'], FaultKind>>> = {
  reset: 'connection reset',
  refuse: 'connection refused',
  blackHole: 'connection silent',
  delay: 'traffic delayed',
  cut: 'traffic cut off',
};
const byRequest: Readonly<Record<RequestFault, FaultKind>> = {
  'sent twice': 'request sent twice',
  'answer lost': 'answer lost',
  'answer torn': 'answer torn',
  'answered 429': 'answered 429',
  'answered 5xx': 'answered 5xx',
};
/** Everything that a storm breaks. */
export const stormKinds: readonly FaultKind[] = [...Object.values(byLink), ...Object.values(byRequest)];

/** A way to a server on which connections, pieces of traffic and single requests meet faults, each counted where it does. */
export class StormyWay {
  readonly #link: FaultProxy;
  readonly #requests: RequestFaultProxy;

  private constructor(link: FaultProxy, requests: RequestFaultProxy) {
    this.#link = link;
    this.#requests = requests;
  }

  static async to(port: number): Promise<StormyWay> {
    const requests = await RequestFaultProxy.start(port);
    return new StormyWay(await startFaultProxy(requests.port), requests);
  }

  get url(): string {
    return this.#link.url;
  }

  /** Injects one fault after the other until all is done. */
  async blow(random: () => number, isDone: () => boolean): Promise<void> {
    this.#requests.choose = () => (random() < requestFaultShare ? oneOf(requestFaults, random) : 'pass');
    for (let gust = 0; gust < mostGusts && !isDone(); gust++) {
      await delay(Math.floor(random() * 60));
      await this.#link.set(chooseFault(random));
      await delay(Math.floor(random() * 40));
      await this.#link.pass();
    }
    this.#requests.choose = () => 'pass';
  }

  /** What was met, for the table. */
  report(trial: Trial): void {
    for (const [kind, times] of this.#link.injected) {
      const name = byLink[kind];
      if (name) trial.injected(name, times);
    }
    for (const [kind, times] of this.#requests.injected) trial.injected(byRequest[kind], times);
  }

  async close(): Promise<void> {
    await this.#link.close();
    await this.#requests.close();
  }
}

function chooseFault(random: () => number): Fault {
  return oneOf(
    [
      faults.reset,
      faults.refuse,
      faults.blackHole,
      faults.delay(5),
      faults.cut(Math.floor(random() * 20_000), 'toClient'),
      faults.cut(Math.floor(random() * 200_000), 'toServer'),
    ],
    random,
  );
}

function oneOf<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T;
}
