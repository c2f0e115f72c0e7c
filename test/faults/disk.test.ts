import assert from 'node:assert/strict';
import { chmod, chown, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../support/seededRandom.ts';
import { SmallDisk } from '../support/smallDisk.ts';
import { everything } from '../support/testApp.ts';
import { useFaultBench } from './faultBench.ts';
import { Trial } from './trial.ts';
import { until } from './until.ts';
import type { Machine, Told } from './writers.ts';

const seed = Number(process.env.FAULT_SEED ?? 20_261_125);
/** A long run does each of them more often; read-only folders half as often. */
const times = Math.max(2, Math.floor(Number(process.env.FAULT_ROUNDS ?? 0) / 50));
const dropRoot = resolve(import.meta.dirname, '../support/dropRoot.ts');

describe(`disks, folders and files that fail in the middle of work, about ${times} times each, seed ${seed}`, function () {
  this.timeout(60_000 + times * 20_000);
  const bench = useFaultBench();

  it('a full disk: what was acknowledged is there, what was refused is not, and work goes on when there is room', async function () {
    const trial = new Trial('full disk', ['disk full'], seed);
    const random = seededRandom(seed);
    const mountPoint = join(bench().root, 'disk');
    await mkdir(mountPoint);
    const disk = await SmallDisk.mount(mountPoint, 2);
    if (typeof disk === 'string') {
      console.log(`      skipped: ${disk}`);
      return this.skip();
    }
    try {
      const machine = await bench().machine('full', join(disk.folder, 'state'));
      const writer = await bench().startWriter(machine, { name: 'full', role: 'window' });
      for (let time = 0; time < times; time++) {
        await writer.next('ack');
        await delay(random() * 200);
        await disk.fill();
        await writer.next('err');
        trial.injected('disk full');
        await disk.clear();
      }
      await writer.next('ack');
      await bench().finish(writer);
      for (const told of writer.refused) requireClear(told, /disk is full/);
      trial.acknowledged(bench().ledger.acknowledged);
      trial.conclude(await bench().judge(machine, writer.neverMade));
    } finally {
      await disk.unmount();
    }
  });

  it('a state folder that becomes read-only: commands say so, and nothing of them comes back', async () => {
    const trial = new Trial('read-only folder', ['folder read-only']);
    const machine = await bench().machine('read-only');
    await handOver(bench().root);
    const writer = await bench().startWriter(machine, {
      name: 'ro',
      role: 'terminal',
      nodeArgs: ['--import', dropRoot],
    });
    // Its lease cannot be given back meanwhile, and the process that had it lives: each time costs the five seconds after
    // which a silent one is taken over.
    for (let time = 0; time < times / 2; time++) {
      await writer.next('ack');
      await setMode(machine.stateHome, 0o555, 0o444);
      await writer.next('err');
      trial.injected('folder read-only');
      await setMode(machine.stateHome, 0o755, 0o644);
    }
    await writer.next('ack');
    await bench().finish(writer);
    for (const told of writer.refused) requireClear(told, /may not write|read-only|cannot/);
    trial.acknowledged(bench().ledger.acknowledged);
    trial.conclude(await bench().judge(machine, writer.neverMade));
  });

  it('a .dtm that is deleted: the journal is not in it, and the files come back', async () => {
    const trial = new Trial('deleted .dtm', ['.dtm deleted']);
    const machine = await bench().machine('deleted');
    const writer = await bench().startWriter(machine, { name: 'deleted', role: 'window' });
    for (let time = 0; time < times; time++) {
      await until('the CSV files are there', () => exists(csvOf(machine)));
      await rm(join(machine.workspace, '.dtm'), { recursive: true, maxRetries: 5 });
      trial.injected('.dtm deleted');
      await writer.next('ack');
    }
    await until('the CSV files are there again', () => exists(csvOf(machine)));
    await bench().finish(writer);
    trial.acknowledged(bench().ledger.acknowledged);
    const failures = await bench().judge(machine);
    trial.conclude({ ...failures, diverged: [...failures.diverged, ...(await missingInCsv(machine))] });
  });

  it('a CSV file that another program writes half: it is left alone and named, and work goes on', async () => {
    const trial = new Trial('half-written CSV', ['CSV half-written']);
    const machine = await bench().machine('half');
    for (let time = 0; time < times; time++) {
      const writer = await bench().startWriter(machine, { name: `half-${time}`, role: 'window' });
      const half = await writeHalf(csvOf(machine));
      trial.injected('CSV half-written');
      await until('the person is told', () => writer.notices.some(({ code }) => code.startsWith('csv-')));
      await writer.next('ack');
      await bench().finish(writer);
      for (const told of writer.notices) requireClear(told, /tasks\.csv/);
      assert.equal(await readFile(csvOf(machine), 'utf8'), half, 'what another program wrote is left as it is');
      await bench().withApp(machine, (app) => app.rewriteCsv());
    }
    trial.acknowledged(bench().ledger.acknowledged);
    const failures = await bench().judge(machine);
    trial.conclude({ ...failures, diverged: [...failures.diverged, ...(await missingInCsv(machine))] });
  });

  /** Ids of tasks that the CSV file does not show. */
  async function missingInCsv(machine: Machine): Promise<string[]> {
    const tasks = await bench().withApp(machine, async ({ tracker }) => tracker.list('task', everything).items);
    const lines = new Set((await readFile(csvOf(machine), 'utf8')).split('\n').map((line) => line.split(',')[0]));
    return tasks.flatMap(({ id }) => (lines.has(id) ? [] : [`${id} is not in tasks.csv`]));
  }
});

const csvOf = ({ workspace }: Machine): string => join(workspace, '.dtm', 'tasks.csv');

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Told in words: what, why, and what to do. */
function requireClear({ code, message, hint }: Told, why: RegExp): void {
  assert.match(message, why, code);
  assert.ok(hint, `${code} says what to do`);
  assert.doesNotMatch(`${message} ${hint}`, /undefined|\[object|\n\s+at /);
}

/** Another program has written the first half, in the middle of a line, and goes on later. @returns what it wrote */
async function writeHalf(path: string): Promise<string> {
  const text = await until('a CSV file with tasks', async () => {
    const found = await readFile(path, 'utf8').catch(() => '');
    return found.split('\n').length > 3 && found;
  });
  const half = text.slice(0, text.lastIndexOf('\n', text.length / 2) + 12);
  const file = await open(path, 'w');
  await file.writeFile(half);
  await file.close();
  return half;
}

async function eachEntry(folder: string, change: (path: string, isFolder: boolean) => Promise<void>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) await change(join(entry.parentPath, entry.name), entry.isDirectory());
  await change(folder, true);
}

/** Files may be gone by the time they are reached: they are somebody's who works. */
const setMode = (folder: string, folders: number, files: number): Promise<void> =>
  eachEntry(folder, (path, isFolder) => chmod(path, isFolder ? folders : files).catch(() => undefined));

/** Where root runs the tests, the work is done by somebody whom permissions mean something to. */
async function handOver(folder: string): Promise<void> {
  const nobody = 65_534;
  if (process.getuid?.() === 0) await eachEntry(folder, (path) => chown(path, nobody, nobody));
}
