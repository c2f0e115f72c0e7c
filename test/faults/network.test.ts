import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppOptions } from '../../src/app/createApp.ts';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { MemoryTokens } from '../support/ports.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { divergence, repeated, servedBy } from './compare.ts';
import { StormyWay, stormKinds } from './storm.ts';
import { Trial } from './trial.ts';

const firstSeed = Number(process.env.FAULT_SEED ?? 20_261_123);
/** A long run has several storms. */
const storms = Math.max(1, Math.floor(Number(process.env.FAULT_ROUNDS ?? 0) / 200));
/** Each is created, and every other one is completed, which takes three more operations. */
const taskCount = 4_000;
const operationCount = taskCount + 3 * (taskCount / 2);
const isCompleted = (index: number): boolean => index % 2 === 0;
/** So many are made at once: they share a write to the disk. */
const atOnce = 100;

describe(`${operationCount} offline operations through a network full of faults`, function () {
  this.timeout(300_000);
  let server: DtmServer;
  const root = useTemporaryFolder('network');
  const tokens = new MemoryTokens();
  let way: StormyWay;
  beforeEach(async () => {
    server = await startDtmServer();
    way = await StormyWay.to(server.port);
  });
  afterEach(async () => {
    await way.close();
    await server.dispose();
  });

  const open = async (options: Partial<AppOptions>): Promise<DtmApp> => {
    await mkdir(join(root(), 'workspace'), { recursive: true });
    return openTestApp(join(root(), 'state'), join(root(), 'workspace'), { tokens, ...options });
  };

  /** Binds through the proxies and queues tasks and completions without asking the server. */
  async function queueOffline(): Promise<void> {
    const online = await open({});
    await online.accounts.login(way.url, server.username, server.password);
    await online.binding.bind(await online.binding.plan(way.url));
    const { entity: project } = await online.tracker.create('project', { name: 'Network' });
    await online.close();
    const offline = await open({ offline: true });
    const make = async (index: number): Promise<void> => {
      const { entity } = await offline.tracker.create('task', { projectId: project?.id, title: `n${index}` });
      if (isCompleted(index)) await offline.tracker.complete(entity?.id ?? '');
    };
    for (let start = 0; start < taskCount; start += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, index) => make(start + index)));
    }
    assert.equal(offline.status.pending, operationCount);
    await offline.close();
  }

  for (let seed = firstSeed; seed < firstSeed + storms; seed++) {
    it(`are applied exactly once each, and both sides are equal field by field, seed ${seed}`, () => pushThrough(seed));
  }

  async function pushThrough(seed: number): Promise<void> {
    const trial = new Trial('network', stormKinds, seed);
    await queueOffline();
    trial.acknowledged(operationCount);
    const app = await open({ requestTimeoutMs: 1_000 });
    const isDone = () => app.queue().length === 0;
    const storm = way.blow(seededRandom(seed), isDone);
    while (!isDone()) await app.syncNow(60_000);
    await storm;
    way.report(trial);
    assert.equal((await app.syncNow()).error, undefined);
    const served = await servedBy(server);
    const titles = new Set(served.map(({ title }) => title));
    const expected = Array.from({ length: taskCount }, (_, index) => `n${index}`);
    const halfDone = served.filter(
      ({ title, status }) => status !== (isCompleted(Number(title.slice(1))) ? 'done' : 'new'),
    );
    const tracked = app.tracker.list('task', everything).items;
    await app.close();
    trial.conclude({
      lost: [...expected.filter((title) => !titles.has(title)), ...halfDone.map(({ title }) => title)],
      // An operation that was applied twice left a second task, or a version too many.
      duplicated: [
        ...repeated(served.map(({ title }) => title)),
        ...served.filter((task) => task.version !== (task.status === 'done' ? 4 : 1)).map(({ title }) => title),
      ],
      diverged: divergence('task', tracked, served),
    });
  }
});
