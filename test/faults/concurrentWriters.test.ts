import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { everything } from '../support/testApp.ts';
import { divergence, repeated, servedBy, titlesGiven } from './compare.ts';
import { useFaultBench } from './faultBench.ts';
import { leaseHolder } from './leaseHolder.ts';
import { Trial } from './trial.ts';
import { until } from './until.ts';
import type { Machine, Writer } from './writers.ts';

/** A long run writes for a minute. */
const seconds = Math.min(60, Math.max(8, Math.round(Number(process.env.FAULT_ROUNDS ?? 0) * 0.06)));
const sharedTasks = 12;

describe(`two windows, two terminals and a second machine writing at once for ${seconds} seconds`, function () {
  this.timeout(seconds * 5_000 + 120_000);
  const trial = new Trial('concurrent writers', ['holder stalled', 'server restarted']);
  const bench = useFaultBench();
  let first: Machine;
  let second: Machine;

  beforeEach(async () => {
    first = await bench().machine('first');
    await bench().withApp(first, async ({ tracker }) => {
      const projectId = tracker.list('project', everything).items[0]?.id;
      const titles = Array.from({ length: sharedTasks }, (_, index) => `everybody's ${index}`);
      await Promise.all(titles.map((title) => tracker.create('task', { title, projectId, labels: ['shared'] })));
    });
    second = await bench().machine('second');
  });

  const startWriters = (): Promise<Writer[]> => {
    const start = (machine: Machine, name: string, role: 'window' | 'terminal') =>
      bench().startWriter(machine, { name, role });
    return Promise.all([
      start(first, 'w1', 'window'),
      start(first, 'w2', 'window'),
      start(first, 't1', 'terminal'),
      start(first, 't2', 'terminal'),
      start(second, 'm2', 'window'),
    ]);
  };

  /** The window that synchronises is stopped, as a debugger or a sleeping laptop does it, until another has taken over. */
  async function stallHolder(writers: readonly Writer[], folder: string): Promise<void> {
    const windows = writers.slice(0, 2);
    const holding = await until('a window holds the lease', async () => {
      const pid = await leaseHolder(folder);
      return windows.find(({ process }) => process.pid === pid);
    });
    holding.process.signal('SIGSTOP');
    try {
      await until('another process takes the lease', async () => {
        const pid = await leaseHolder(folder);
        return pid !== undefined && pid !== holding.process.pid;
      });
      trial.injected('holder stalled');
      await delay(200);
    } finally {
      holding.process.signal('SIGCONT');
    }
  }

  async function restartServer(): Promise<void> {
    await bench().server.stop();
    await delay(200);
    await bench().server.start();
    trial.injected('server restarted');
  }

  it('all converge, nothing is lost, and what contradicts is listed', async () => {
    const folder = await bench().withApp(first, async (app) => app.stateFolder);
    const end = performance.now() + seconds * 1_000;
    const writers = await startWriters();
    await Promise.all(writers.map((writer) => writer.next('ack')));
    do {
      await stallHolder(writers, folder);
      await restartServer();
      await delay(500);
    } while (performance.now() < end);
    await bench().finish(...writers);
    await judge(writers);
  });

  async function judge(writers: readonly Writer[]): Promise<void> {
    const { server, ledger } = bench();
    const listed: string[] = [];
    // What the one queued while it was away is news to the other.
    for (const machine of [first, second, first]) {
      await bench().withApp(machine, async (app) => {
        assert.equal((await app.syncNow()).error, undefined);
        const stopped = app.stopped.list().flatMap((change) => [...change.operations, ...change.waiting]);
        const isListed = new Set(stopped.map(({ opId }) => opId));
        const unlisted = app.queue().filter(({ operation }) => !isListed.has(operation.opId));
        assert.deepEqual(unlisted, [], 'what was not pushed is listed, or waits for what is');
        for (const operation of stopped) if (operation.kind === 'update') listed.push(String(operation.set.title?.to));
      });
    }
    const served = await servedBy(server);
    const byId = new Map(served.map((task) => [task.id, task]));
    const accepted = writers.flatMap((writer) => writer.accepted);
    const applied = await titlesGiven(server, served);
    const known = new Set([...applied, ...listed]);
    const refused = writers.flatMap((writer) => writer.refused);
    trial.acknowledged(ledger.acknowledged + accepted.length);
    console.log(
      `      ${ledger.acknowledged} changes of own tasks, ${accepted.length} of everybody's; ` +
        `${refused.length} refused at once, ${new Set(listed).size} listed as conflicts`,
    );
    assert.deepEqual(
      refused.filter(({ code }) => code !== 'conflict'),
      [],
    );
    const projects = await servedBy(server, 'project');
    const diverged: string[] = [];
    for (const machine of [first, second]) {
      await bench().withApp(machine, async (app) => {
        // What is not decided yet shows here, and nowhere else.
        const open = new Set(app.queue().map(({ operation }) => operation.id));
        const isSettled = ({ id }: { readonly id: string }) => !open.has(id);
        const tasks = app.tracker.list('task', everything).items;
        diverged.push(...divergence('task', tasks.filter(isSettled), served.filter(isSettled)));
        diverged.push(...divergence('project', app.tracker.list('project', everything).items, projects));
      });
    }
    trial.conclude({
      lost: [...ledger.lost((id) => byId.get(id)), ...accepted.filter((title) => !known.has(title))],
      duplicated: [...repeated(served.map(({ title }) => title)), ...repeated(applied)],
      diverged,
    });
  }
});
