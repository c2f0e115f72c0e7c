import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppOptions } from '../../src/app/createApp.ts';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { useDtmServer } from '../support/dtmServer.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { MemoryTokens } from '../support/ports.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { difference, tasksOnServer } from './compare.ts';
import { blow } from './storm.ts';

const seed = Number(process.env.FAULT_SEED ?? 20_261_123);
const taskCount = 1_500;

describe(`a network that resets, cuts, delays and refuses, seed ${seed}`, function () {
  this.timeout(180_000);
  const server = useDtmServer();
  const root = useTemporaryFolder('network');
  const tokens = new MemoryTokens();
  let proxy: FaultProxy;
  beforeEach(async () => {
    proxy = await startFaultProxy(server().port);
  });
  afterEach(() => proxy.close());

  const open = async (options: Partial<AppOptions>): Promise<DtmApp> => {
    await mkdir(join(root(), 'workspace'), { recursive: true });
    return openTestApp(join(root(), 'state'), join(root(), 'workspace'), { tokens, ...options });
  };

  /** Binds through the proxy and queues tasks and completions without asking the server. */
  async function queueOffline(): Promise<void> {
    const online = await open({});
    await online.accounts.login(proxy.url, server().username, server().password);
    await online.binding.bind(await online.binding.plan(proxy.url));
    const { entity: project } = await online.tracker.create('project', { name: 'Network' });
    await online.close();
    const offline = await open({ offline: true });
    for (let index = 0; index < taskCount; index++) {
      const { entity } = await offline.tracker.create('task', { projectId: project?.id, title: `n${index}` });
      if (index % 3 === 0) await offline.tracker.complete(entity?.id ?? '');
    }
    assert.equal(offline.status.pending, taskCount + (taskCount / 3) * 3);
    await offline.close();
  }

  it('applies every queued change exactly once', async () => {
    await queueOffline();
    const app = await open({ requestTimeoutMs: 1_000 });
    const injected: Record<string, number> = {};
    const isDone = () => app.queue().length === 0;
    const storm = blow(proxy, seededRandom(seed), isDone, (fault) => {
      injected[fault.kind] = (injected[fault.kind] ?? 0) + 1;
    });
    while (!isDone()) await app.syncNow(60_000);
    await storm;
    assert.equal((await app.syncNow()).error, undefined);
    const tracked = app.tracker.list('task', everything).items;
    const served = await tasksOnServer(server());
    const key = (task: { id: string; title: string; status: string; version: number }): string =>
      [task.id, task.title, task.status, task.version].join(' ');
    const diverged = difference(tracked.map(key), served.map(key));
    const doubled = served.length - new Set(served.map((task) => task.title)).size;
    const wrong = served.filter((task) => (task.status === 'done') !== (Number(task.title.slice(1)) % 3 === 0));
    console.log(
      `      injected ${JSON.stringify(injected)}; ${served.length} of ${taskCount} tasks there, doubled ${doubled}, diverged ${diverged.length}`,
    );
    await app.close();
    assert.deepEqual(
      { count: served.length, doubled, diverged, wrong },
      { count: taskCount, doubled: 0, diverged: [], wrong: [] },
    );
  });
});
