import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../../src/app/createApp.ts';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { silentLogger } from '../support/trackerBench.ts';
import { ClaimLedger } from './ledger.ts';
import { seededRandom } from './seededRandom.ts';

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
    const memory = new Map<string, string>();
    const app = await createApp({
      folder: workspace(),
      surface: 'cli',
      resident: false,
      surroundings: { env: { DTM_STATE_HOME: join(root, 'state') }, platform: process.platform, home: homedir() },
      tokens: {
        get: async (key) => memory.get(key),
        set: async (key, value) => void memory.set(key, value),
        delete: async (key) => void memory.delete(key),
      },
      logger: silentLogger,
      localUser: 'tester',
    });
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

  it('afterwards server and tracker are equal, and nothing is there twice', async () => {
    const { tracked, served } = await withApp(async (app) => {
      const report = await app.syncNow();
      assert.equal(report.error, undefined);
      assert.deepEqual(app.queue(), []);
      const page = app.tracker.list('task', { filter: {}, sort: [], limit: 1_000_000, offset: 0 });
      return { tracked: page.items, served: await tasksOf(server) };
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

interface ServedTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly version: number;
}

/** What only one of two lists has. */
function difference(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter((one) => !inB.has(one)), ...b.filter((one) => !inA.has(one))];
}

/** Every task by HTTP, page by page, as any client would read them. */
async function tasksOf(server: DtmServer): Promise<ServedTask[]> {
  const login = await fetch(`${server.origin}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: server.username, password: server.password }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const tasks: ServedTask[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url = `${server.origin}/api/v1/tasks?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const page = (await answer.json()) as { items: ServedTask[]; next_cursor: string | null };
    tasks.push(...page.items);
    cursor = page.next_cursor;
  }
  return tasks;
}
