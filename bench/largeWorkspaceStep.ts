// One step of largeWorkspace.ts: `largeWorkspaceStep.ts STEP STATE_HOME WORKSPACE ORIGIN COUNT`. Prints what it took.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { DtmApp } from '../src/app/dtmApp.ts';
import { ledgerFolder } from '../src/workspace/evidence/ledgerLines.ts';
import { Unrecorded } from '../src/workspace/evidence/unrecorded.ts';
import { Journal } from '../src/workspace/journal.ts';
import { ownIdentity } from '../src/workspace/processIdentity.ts';
import { foldTracker, loadTracker } from '../src/workspace/trackerFiles.ts';
import { openTestApp } from '../test/support/testApp.ts';
import { newUlid, silentLogger, systemClock } from '../test/support/trackerBench.ts';

export type Step = 'bind' | 'open' | 'queue' | 'push' | 'fold';
export interface Measured {
  readonly ms: number;
  /** What the process occupies at the end of the step, and how much more than with an empty tracker. */
  readonly mib: number;
  readonly mibAbove: number;
}

const [step = '', stateHome = '', workspace = '', origin = '', count = ''] = process.argv.slice(2);
const atOnce = 100;
const firstPage = { filter: { status: ['new'] }, sort: [], limit: 50, offset: 0 } as const;

const open = (offline = false): Promise<DtmApp> =>
  openTestApp(stateHome, workspace, { offline, accessToken: process.env.DTM_TOKEN });

/** What is measured. @returns milliseconds */
const steps: Readonly<Record<Step, () => Promise<number>>> = {
  bind: () => withApp(false, async (app) => timed(async () => app.binding.bind(await app.binding.plan(origin)))),
  open: async () => {
    let app: DtmApp | undefined;
    const ms = await timed(async () => {
      app = await open();
      app.tracker.list('task', firstPage);
    });
    await app?.close();
    return ms;
  },
  queue: () => withApp(true, (app) => timed(() => queue(app, Number(count)))),
  push: () =>
    withApp(false, (app) =>
      timed(async () => {
        const { error, pending } = await app.syncNow();
        if (error || pending > 0) throw error ?? new Error(`${pending} are left`);
      }),
    ),
  fold: async () => {
    const folder = await withApp(true, async (app) => app.stateFolder);
    const journal = new Journal({ folder, identity: await ownIdentity(), newName: newUlid, clock: systemClock });
    const unrecorded = new Unrecorded({ folder: ledgerFolder(folder), clock: systemClock, newName: newUlid });
    const { state, generation } = await loadTracker(folder, journal, silentLogger, unrecorded);
    const place = { generation: generation + 1, fence: 0 };
    return timed(() => foldTracker(folder, journal, state, place, () => Promise.resolve()));
  },
};

async function queue(app: DtmApp, wanted: number): Promise<void> {
  const projectId = app.tracker.list('project', { filter: {}, sort: [], limit: 1, offset: 0 }).items[0]?.id;
  for (let start = 0; start < wanted; start += atOnce) {
    const titles = Array.from({ length: Math.min(atOnce, wanted - start) }, (_, index) => `queued ${start + index}`);
    await Promise.all(titles.map((title) => app.tracker.create('task', { projectId, title })));
  }
}

async function withApp<T>(offline: boolean, use: (app: DtmApp) => Promise<T>): Promise<T> {
  const app = await open(offline);
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const mib = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);

/** All code is loaded by now, and an empty tracker was open: what comes on top is the data. */
async function openEmpty(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dtm-empty-'));
  const app = await openTestApp(folder, folder);
  app.tracker.list('task', firstPage);
  await app.close();
  await rm(folder, { recursive: true });
}

await openEmpty();
const empty = mib();
const ms = await (steps[step as Step] satisfies () => Promise<number>)();
const occupied = mib();
console.log(JSON.stringify({ ms, mib: occupied, mibAbove: occupied - empty } satisfies Measured));
