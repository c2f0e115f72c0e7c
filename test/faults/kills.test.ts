import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { everything, openTestApp } from '../support/testApp.ts';
import { difference, tasksOnServer } from './compare.ts';
import { ClaimLedger } from './ledger.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 50);
const seed = Number(process.env.FAULT_SEED ?? 20_261_123);
const victims = ['resident', 'visitor', 'server'] as const;
type Victim = (typeof victims)[number];

describe(`kill -9 in the middle of writes, ${rounds} times, seed ${seed}`, function () {
  this.timeout(rounds * 20_000);
  const random = seededRandom(seed);
  const ledger = new ClaimLedger();
  const kills: Record<Victim, number> = { resident: 0, visitor: 0, server: 0 };
  let root = '';
  let server: DtmServer;
  const workspace = (): string => join(root, 'workspace');

  before(async () => {
    root = await makeTemporaryFolder('faults');
    server = await startDtmServer({ stateHome: join(root, 'state') });
    await mkdir(workspace());
    await withApp(async (app) => {
      await app.binding.bind(await app.binding.plan(server.origin));
      await app.tracker.create('project', { name: 'Faults' });
    });
  });
  after(async () => {
    await server.dispose();
    await removeTemporaryFolder(root);
  });

  async function withApp<T>(use: (app: DtmApp) => Promise<T>): Promise<T> {
    const app = await openTestApp(join(root, 'state'), workspace());
    try {
      return await use(app);
    } finally {
      await app.close();
    }
  }

  const startWorker = (name: string, role: 'resident' | 'visitor'): Promise<RunningProcess> =>
    startProcess(process.execPath, [resolve(import.meta.dirname, 'worker.ts'), workspace(), name, role], {
      env: { ...process.env, DTM_STATE_HOME: join(root, 'state') },
    });

  async function playRound(round: number): Promise<void> {
    const victim = victims[Math.floor(random() * victims.length)] ?? 'server';
    const workers = {
      resident: await startWorker(`r${round}`, 'resident'),
      visitor: await startWorker(`v${round}`, 'visitor'),
    };
    await Promise.all([workers.resident.waitForLine(/^ack/), workers.visitor.waitForLine(/^ack/)]);
    await delay(Math.floor(random() * 250));
    await (victim === 'server' ? server.kill() : workers[victim].kill());
    kills[victim]++;
    await delay(Math.floor(random() * 150));
    for (const worker of Object.values(workers)) {
      const status = await worker.stop('SIGTERM', 15_000);
      ledger.read(worker.stdout);
      assert.equal(worker.stderr, '', `a worker failed (${JSON.stringify(status)})`);
    }
    if (victim === 'server') await server.start();
  }

  for (let round = 1; round <= rounds; round++) {
    it(`round ${round}: everything acknowledged is there`, async () => {
      await playRound(round);
      await withApp(async (app) =>
        assert.deepEqual(
          ledger.lost((id) => app.tracker.get('task', id)),
          [],
        ),
      );
    });
  }

  it('the evidence ledger tells of everything, and holds', async () => {
    const check = await withApp(async (app) => {
      await app.syncNow();
      return app.evidence.verify();
    });
    console.log(`      ${check.records} records, verified; ${check.remarks.length} remarks`);
    assert.deepEqual({ fault: check.fault, unrecorded: check.unrecorded }, { fault: undefined, unrecorded: 0 });
    assert.deepEqual(
      check.remarks.filter(({ kind }) => kind === 'chain-break'),
      [],
    );
  });

  it('afterwards server and tracker are equal, and nothing is there twice', async () => {
    const { tracked, served } = await withApp(async (app) => {
      const report = await app.syncNow();
      assert.equal(report.error, undefined);
      assert.deepEqual(app.queue(), []);
      const page = app.tracker.list('task', everything);
      return { tracked: page.items, served: await tasksOnServer(server) };
    });
    const key = (task: { id: string; title: string; status: string; version: number }): string =>
      [task.id, task.title, task.status, task.version].join(' ');
    const diverged = difference(tracked.map(key), served.map(key));
    const titles = served.map((task) => task.title.replace('-renamed', ''));
    const doubled = titles.length - new Set(titles).size;
    const lost = ledger.lost((id) => served.find((task) => task.id === id));
    console.log(
      `      kills ${JSON.stringify(kills)}, ${ledger.acknowledged} changes of ${ledger.tasks} tasks acknowledged:`,
    );
    console.log(`      lost ${lost.length}, doubled ${doubled}, diverged ${diverged.length}`);
    assert.deepEqual({ lost, doubled, diverged }, { lost: [], doubled: 0, diverged: [] });
  });
});
