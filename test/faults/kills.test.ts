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
import { divergence, repeated, servedBy } from './compare.ts';
import { ClaimLedger } from './ledger.ts';
import { Trial } from './trial.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 50);
const seed = Number(process.env.FAULT_SEED ?? 20_261_123);
const victims = ['resident', 'visitor', 'server'] as const;
const kindOf = (victim: (typeof victims)[number]) => `kill -9 ${victim}` as const;

describe(`kill -9 in the middle of writes, ${rounds} rounds, seed ${seed}`, function () {
  this.timeout(rounds * 20_000);
  const random = seededRandom(seed);
  const ledger = new ClaimLedger();
  const trial = new Trial('kills', victims.map(kindOf), seed);
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
    // One of them, two or all three at once, each choice as likely as any other.
    const choice = 1 + Math.floor(random() * (2 ** victims.length - 1));
    const killed = victims.filter((_, index) => (choice & (1 << index)) !== 0);
    const workers = {
      resident: await startWorker(`r${round}`, 'resident'),
      visitor: await startWorker(`v${round}`, 'visitor'),
    };
    await Promise.all([workers.resident.waitForLine(/^ack/), workers.visitor.waitForLine(/^ack/)]);
    await delay(Math.floor(random() * 250));
    await Promise.all(killed.map((victim) => (victim === 'server' ? server : workers[victim]).kill()));
    for (const victim of killed) trial.injected(kindOf(victim));
    await delay(Math.floor(random() * 150));
    const before = ledger.acknowledged;
    for (const worker of Object.values(workers)) {
      const status = await worker.stop('SIGTERM', 15_000);
      ledger.read(worker.stdout);
      assert.equal(worker.stderr, '', `a worker failed (${JSON.stringify(status)})`);
    }
    trial.acknowledged(ledger.acknowledged - before, killed.map(kindOf));
    if (!server.isRunning) await server.start();
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
      return { tracked: app.tracker.list('task', everything).items, served: await servedBy(server) };
    });
    const byId = new Map(served.map((task) => [task.id, task]));
    console.log(`      ${ledger.acknowledged} changes of ${ledger.tasks} tasks acknowledged`);
    trial.conclude({
      lost: ledger.lost((id) => byId.get(id)),
      duplicated: repeated(served.map(({ title }) => title.replace('-renamed', ''))),
      diverged: divergence('task', tracked, served),
    });
  });
});
