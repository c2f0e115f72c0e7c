import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DtmApp } from '../../src/app/dtmApp.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { useTemporaryFolder } from '../support/temporary.ts';
import { openTestApp } from '../support/testApp.ts';
import { CrashState, type Leftover } from './crash/crashState.ts';
import type { DiskLog } from './crash/diskLog.ts';
import { recordDisk } from './crash/recordDisk.ts';
import { Trial } from './trial.ts';

const seed = Number(process.env.FAULT_SEED ?? 20_261_125);
const wanted = Math.max(300, 3 * Number(process.env.FAULT_ROUNDS ?? 0));
const leftovers: readonly Leftover[] = ['none', 'some', 'some', 'all'];

/** From which event on a task is about to be so, and from which on a command has said that it is. */
interface Claim {
  readonly id: string;
  readonly title: string;
  readonly tried: number;
  readonly acknowledged: number;
}

describe(`a power failure at any moment, ${wanted} states of the disk, seed ${seed}`, function () {
  this.timeout(wanted * 1_000);
  const root = useTemporaryFolder('power');
  const random = seededRandom(seed);
  const claims: Claim[] = [];
  const open = (options: Parameters<typeof openTestApp>[2] = {}): Promise<DtmApp> =>
    openTestApp(join(root(), 'state'), join(root(), 'workspace'), options);

  async function claim(log: DiskLog, id: string, title: string, work: () => Promise<unknown>): Promise<void> {
    const tried = log.events.length;
    await work();
    claims.push({ id, title, tried, acknowledged: log.events.length });
  }

  /** Changes, one after the other and several at once; images, CSV files and archived segments come between. */
  async function work(log: DiskLog): Promise<void> {
    for (let session = 0; session < 4; session++) {
      const app = await open({ resident: session % 2 === 1 });
      await app.start();
      const { entity: project } = await app.tracker.create('project', { name: `Session ${session}` });
      const make = async (title: string) => {
        let id = '';
        const tried = log.events.length;
        const { entity } = await app.tracker.create('task', { projectId: project?.id, title });
        id = entity?.id ?? '';
        claims.push({ id, title, tried, acknowledged: log.events.length });
        return id;
      };
      const ids = [
        await make(`${session}-a`),
        ...(await Promise.all(['b', 'c', 'd'].map((name) => make(`${session}-${name}`)))),
      ];
      for (const id of ids.slice(0, 2)) {
        await claim(log, id, `${id} again`, () => app.tracker.update('task', id, { title: `${id} again` }));
      }
      await app.tracker.complete(ids[2] ?? '');
      await app.syncNow();
      await app.close();
    }
  }

  /** What a task may be called after a crash: as it was last acknowledged, or as somebody was about to call it. */
  function allowed(id: string, end: number): readonly string[] {
    const own = claims.filter((each) => each.id === id && each.tried < end);
    const last = own.findLastIndex((each) => each.acknowledged <= end);
    return last < 0 ? [] : own.slice(last).map((each) => each.title);
  }

  it('loses nothing that was acknowledged', async () => {
    const trial = new Trial('power failures', ['power failure'], seed);
    await mkdir(join(root(), 'workspace'));
    const { log, stop } = recordDisk(root());
    log.makeFolder('workspace');
    log.events.push({ kind: 'folder-synced', folder: '', before: log.events.length });
    const begun = log.events.length;
    try {
      await work(log);
    } finally {
      stop();
    }
    trial.acknowledged(claims.length);
    const lost: string[] = [];
    const all = log.events.length;
    for (let state = 0; state < wanted; state++) {
      const end = begun + Math.floor(((state + random()) / wanted) * (all - begun + 1));
      const leftover = leftovers[state % leftovers.length] ?? 'some';
      for (const name of await readdir(root())) await rm(join(root(), name), { recursive: true });
      await new CrashState(log, end, leftover, random).write(root());
      trial.injected('power failure');
      // To write costs more than to look.
      const isLedgerTried = state % 10 === 3;
      const what = `state ${state}: ${end} of ${all} events, ${leftover}`;
      const missing = await lostAt(end, what, isLedgerTried);
      lost.push(...missing.map((id) => `${id} in ${what}`));
    }
    console.log(`      ${all} events, ${wanted} states, ${claims.length} changes acknowledged`);
    assert.ok(claims.length > 20 && all > 200);
    trial.conclude({ lost, duplicated: [], diverged: [] });
  });

  /** Takes the lease, and so tells the ledger what it lacks. */
  async function requireLedger(app: DtmApp, what: string): Promise<void> {
    // Its owner went with the power; here that process lives on, so that five seconds would be waited for it.
    const leases = (await readdir(app.stateFolder).catch(() => [])).filter((name) => name.startsWith('lease-'));
    for (const name of leases) await rm(join(app.stateFolder, name));
    await app.syncNow();
    const { fault, remarks, unrecorded } = await app.evidence.verify();
    assert.deepEqual({ fault, remarks, unrecorded }, { fault: undefined, remarks: [], unrecorded: 0 }, what);
  }

  async function lostAt(end: number, what: string, isLedgerTried: boolean): Promise<string[]> {
    const app = await open();
    const ids = new Set(claims.map(({ id }) => id));
    const lost = [...ids].filter((id) => {
      const titles = allowed(id, end);
      return titles.length > 0 && !titles.includes(String(app.tracker.get('task', id)?.title));
    });
    if (isLedgerTried) await requireLedger(app, what);
    await app.close();
    return lost;
  }
});
