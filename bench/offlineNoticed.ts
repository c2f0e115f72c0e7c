// How soon an editor's tracker knows that its server is away, and what a view waits for meanwhile:
// `node bench/offlineNoticed.ts`. Medians of several rounds; budgets from docs. Exits with 1 where one is missed by more
// than a fifth.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DtmApp } from '../src/app/dtmApp.ts';
import type { ConnectionKind } from '../src/core/ports.ts';
import { startDtmServer } from '../test/support/dtmServer.ts';
import { type Fault, faults } from '../test/support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../test/support/faultProxy.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../test/support/temporary.ts';
import { openTestApp } from '../test/support/testApp.ts';

const rounds = Number(process.env.ROUNDS ?? 7);
const view = { filter: { status: ['ready'] }, sort: [], limit: 50, offset: 0 } as const;

interface Round {
  readonly noticedMs: number;
  readonly slowestCallMs: number;
}

const server = await startDtmServer({ store: 'sqlite' });
const proxy = await startFaultProxy(server.port);
const root = await makeTemporaryFolder('offline-bench');
const workspace = join(root, 'workspace');
await mkdir(workspace);
const app = await openTestApp(join(root, 'state'), workspace, { resident: true });
let isMissed = false;
try {
  await app.accounts.login(proxy.url, server.username, server.password);
  await app.binding.bind(await app.binding.plan(proxy.url));
  await app.start();
  const { entity: project } = await app.tracker.create('project', { name: 'Bench' });
  for (let index = 0; index < 200; index++)
    await app.tracker.create('task', { projectId: project?.id, title: `t${index}` });
  await report('refused port', faults.refuse, false, 100);
  await report('black hole, kept connection', faults.blackHole, false, 2_100);
  await report('black hole, new connection', faults.blackHole, true, 2_100);
} finally {
  await app.close();
  await proxy.close();
  await server.dispose();
  await removeTemporaryFolder(root);
}
process.exitCode = isMissed ? 1 : 0;

async function report(name: string, fault: Fault, onNewConnection: boolean, budgetMs: number): Promise<void> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await once(app, proxy, fault, onNewConnection));
  const noticed = median(measured.map((one) => one.noticedMs));
  const call = median(measured.map((one) => one.slowestCallMs));
  const verdict = noticed > budgetMs * 1.2 || call > 5 * 1.2 ? 'MISSED' : 'ok';
  isMissed ||= verdict === 'MISSED';
  console.log(
    `${name.padEnd(30)} noticed ${noticed.toFixed(0).padStart(6)} ms (${budgetMs})   slowest view ${call.toFixed(2)} ms (5)   ${verdict}`,
  );
}

/** From the first request that is attempted until the status says `offline`; a view is asked again and again meanwhile. */
async function once(of: DtmApp, way: FaultProxy, fault: Fault, onNewConnection: boolean): Promise<Round> {
  await way.pass();
  while (!isNow(of, 'online')) await of.syncNow(5_000);
  await way.set(fault);
  if (onNewConnection) way.resetConnections();
  const begun = performance.now();
  const syncing = of.syncNow(20_000);
  let slowestCallMs = 0;
  while (!isNow(of, 'offline')) {
    const called = performance.now();
    of.tracker.list('task', view);
    slowestCallMs = Math.max(slowestCallMs, performance.now() - called);
    await delay(2);
  }
  const noticedMs = performance.now() - begun;
  await syncing;
  return { noticedMs, slowestCallMs };
}

function isNow(of: DtmApp, kind: ConnectionKind): boolean {
  return of.status.connection.kind === kind;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
