import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import { type DtmServer, startDtmServer } from '../../support/dtmServer.ts';
import { faults } from '../../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../support/temporary.ts';
import { everything, openTestApp } from '../../support/testApp.ts';

/** Half of the time after which the tracker would ask by itself, once the server tells it of news. */
const wellBeforeAskingMs = 15_000;

describe('news from the server', function () {
  this.timeout(120_000);
  let root: string;
  let server: DtmServer;
  let proxy: FaultProxy;
  let resident: DtmApp;
  let other: DtmApp;

  before(async () => {
    root = await makeTemporaryFolder('news');
    server = await startDtmServer({ store: 'sqlite' });
    proxy = await startFaultProxy(server.port);
  });
  after(async () => {
    await resident.close();
    await other.close();
    await proxy.close();
    await server.dispose();
    await removeTemporaryFolder(root);
  });

  async function open(name: string, origin: string, isResident: boolean): Promise<DtmApp> {
    const workspace = join(root, name, 'workspace');
    await mkdir(workspace, { recursive: true });
    const app = await openTestApp(join(root, name, 'state'), workspace, { resident: isResident });
    await app.accounts.login(origin, server.username, server.password);
    await app.binding.bind(await app.binding.plan(origin));
    return app;
  }

  const until = async (what: string, isTrue: () => boolean, withinMs: number) => {
    const giveUp = performance.now() + withinMs;
    while (!isTrue()) {
      assert.ok(performance.now() < giveUp, `${what} within ${withinMs} ms`);
      await delay(10);
    }
  };
  const sees = (title: string) =>
    resident.tracker.list('task', everything).items.some((task) => 'title' in task && task.title === title);
  const isOnline = () => ['online', 'syncing'].includes(resident.status.connection.kind);
  /** Until then it still asks every two seconds, which would make the test pass by itself. */
  const asksRarely = async () => {
    const traffic = () => proxy.counters.toServer;
    for (let before = -1; before !== traffic(); ) {
      before = traffic();
      await delay(3_000);
    }
  };

  it('reach an open tracker at once, and it asks rarely by itself', async () => {
    resident = await open('resident', proxy.url, true);
    await resident.start();
    other = await open('other', server.origin, false);
    const { entity: project } = await other.tracker.create('project', { name: 'News' });
    await until('the project', () => resident.tracker.count('project') === 1, wellBeforeAskingMs);
    await asksRarely();
    await other.tracker.create('task', { projectId: project?.id, title: 'told' });
    await until('the task', () => sees('told'), wellBeforeAskingMs);
  });

  it('go on where they broke off when the server comes back', async () => {
    const [project] = other.tracker.list('project', everything).items;
    await asksRarely();
    await proxy.set(faults.refuse);
    await until('offline', () => resident.status.connection.kind === 'offline', wellBeforeAskingMs);
    await other.tracker.create('task', { projectId: project?.id, title: 'meanwhile' });
    await proxy.pass();
    await until('what happened meanwhile', () => sees('meanwhile') && isOnline(), wellBeforeAskingMs);
    await asksRarely();
    await other.tracker.create('task', { projectId: project?.id, title: 'afterwards' });
    await until('what happens afterwards', () => sees('afterwards'), wellBeforeAskingMs);
  });

  it('that stay away without a word end the stream, and the tracker looks for itself', async () => {
    await asksRarely();
    await proxy.set(faults.blackHole);
    await until('offline', () => resident.status.connection.kind === 'offline', 25_000);
    await proxy.pass();
    await until('online', isOnline, wellBeforeAskingMs);
  });

  it('end with the tracker', async () => {
    await resident.close();
    await until('no connection', () => proxy.openConnections === 0, 5_000);
  });
});
