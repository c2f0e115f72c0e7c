// What a workspace with many tasks and a long queue costs: `TASKS=100000 QUEUED=10000 node bench/largeWorkspace.ts`.
// Each step is a process of its own (largeWorkspaceStep.ts), so that its memory is its own. Budgets from docs.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { signIn } from '../test/contract/api.ts';
import { create, wholeTask } from '../test/contract/operations.ts';
import { startDtmServer } from '../test/support/dtmServer.ts';
import { runProcess } from '../test/support/processes.ts';
import { seededRandom } from '../test/support/seededRandom.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../test/support/temporary.ts';
import type { Measured, Step } from './largeWorkspaceStep.ts';

const tasks = Number(process.env.TASKS ?? 100_000);
const queued = Number(process.env.QUEUED ?? 10_000);
const rounds = Number(process.env.ROUNDS ?? 5);
const batchSize = 1_000;
const projects = 20;

const random = seededRandom(1);
const words = (count: number): string =>
  Array.from({ length: count }, () => `w${Math.floor(random() * 3_000).toString(36)}`).join(' ');

const server = await startDtmServer({ store: 'sqlite', entry: join(import.meta.dirname, '../dist/server.mjs') });
const root = await makeTemporaryFolder('large');
const workspace = join(root, 'workspace');
await mkdir(workspace);
try {
  await fillServer();
  console.log(`${tasks} tasks on the server, ${queued} operations queued; medians of ${rounds}`);
  report('first pull of everything (budget 6 s for 100,000)', [await run('bind')]);
  report('open, nothing queued', await repeat('open'));
  report(`queue ${queued} creations offline, each durable`, [await run('queue')]);
  report(`open, ${queued} queued`, await repeat('open'));
  report('fold into a new base image', await repeat('fold'));
  report(`push ${queued} (budget 4 s for 10,000)`, [await run('push')]);
  report('open again', await repeat('open'));
} finally {
  await server.dispose();
  await removeTemporaryFolder(root);
}

async function fillServer(): Promise<void> {
  const api = await signIn(server);
  for (let index = 0; index < projects; index++) {
    await api.make('projects', { id: `P-B${index}`, name: `Project ${index}` });
  }
  for (let start = 0; start < tasks; start += batchSize) {
    const operations = Array.from({ length: Math.min(batchSize, tasks - start) }, (_, index) =>
      create({
        ...wholeTask(`T-B${start + index}`, `P-B${(start + index) % projects}`),
        title: words(5),
        description: words(12),
      }),
    );
    const { results } = await api.must('POST', '/api/v1/batch', { operations });
    const bad = results.find((result) => result.outcome !== 'applied');
    if (bad) throw new Error(JSON.stringify(bad));
  }
}

async function repeat(step: Step): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await run(step));
  return measured;
}

async function run(step: Step): Promise<Measured> {
  const script = join(import.meta.dirname, 'largeWorkspaceStep.ts');
  const args = [script, step, join(root, 'state'), workspace, server.origin, String(queued)];
  const env = { ...process.env, DTM_TOKEN: await server.login() };
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { env });
  if (code !== 0) throw new Error(`${step} ended ${code}: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

function report(what: string, measured: readonly Measured[]): void {
  const median = (of: (one: Measured) => number): number =>
    measured.map(of).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
  const [ms, mib, above] = [median((one) => one.ms), median((one) => one.mib), median((one) => one.mibAbove)];
  console.log(
    `${what.padEnd(52)} ${ms.toFixed(0).padStart(7)} ms   resident ${mib} MiB, ${above} MiB above an empty tracker`,
  );
}
