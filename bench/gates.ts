// What the quality gates cost before a change is accepted, with 100,000 tasks: `npm run bench:gates`. Measures the time of
// the processor, so that it can run beside other work. Exits with 1 where a budget is missed.
import { newEntity } from '../src/core/draft.ts';
import { createOperation, statusOperations } from '../src/core/expand.ts';
import { evaluateGates } from '../src/core/gates/evaluateGates.ts';
import { GateIndex } from '../src/core/gates/gateIndex.ts';
import { defaultGateSettings } from '../src/core/gates/settings.ts';
import { type GateId, gateIds } from '../src/core/gates/verdict.ts';
import type { Operation } from '../src/core/operation.ts';
import type { VisibleState } from '../src/core/ports.ts';
import type { Task } from '../src/core/task.ts';
import { authorNamed } from '../test/support/author.ts';
import { seededRandom } from '../test/support/seededRandom.ts';

const count = Number(process.env.TASKS ?? 100_000);
const rounds = 1_000;
const budgetMs = 5;
const author = authorNamed();
const random = seededRandom(1);
const pick = (limit: number) => Math.floor(random() ** 2 * limit);
let isMissed = false;

/** Titles as people write them, from many words and from few, and as programs write them. */
const vocabularies: Readonly<Record<string, (index: number) => string>> = {
  'titles of 5,000 words': () => Array.from({ length: 6 }, () => `word${pick(5_000)}`).join(' '),
  'titles of 50 words': () => Array.from({ length: 6 }, () => `word${pick(50)}`).join(' '),
  'numbered titles': (index) => `Import task number ${index}`,
};

for (const [name, titleOf] of Object.entries(vocabularies)) measure(name, titleOf);
process.exitCode = isMissed ? 1 : 0;

function measure(name: string, titleOf: (index: number) => string): void {
  const tasks = Array.from({ length: count }, (_, index) => taskOf(index, titleOf(index)));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const project = newEntity('project', 'P-1', { name: 'One' }, author.now(), 'ana');
  const get = (_kind: string, id: string) => (id === 'P-1' ? project : byId.get(id)) as never;
  const index = new GateIndex();
  const memory = process.memoryUsage().heapUsed;
  const start = cpuMs();
  for (const task of tasks) index.put(task);
  const builtMs = cpuMs() - start;
  const heapMb = (process.memoryUsage().heapUsed - memory) / 2 ** 20;
  console.log(`${name}: built in ${builtMs.toFixed(0)} ms, ${heapMb.toFixed(0)} MB`);
  const ready = tasks.filter(({ status }) => status === 'ready');
  report('duplicate-title', index, get, (round) => [creation(titleOf(round * 7))]);
  report('wip-limit', index, get, (round) =>
    statusOperations(author, 'task', ready[round % ready.length]!, 'in_progress'),
  );
  report('all', index, get, (round) => [creation(titleOf(round * 7))]);
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function taskOf(index: number, title: string): Task {
  const draft = {
    projectId: 'P-1',
    title,
    owner: `person ${index % 40}`,
    status: index % 10 === 0 ? 'in_progress' : 'ready',
  };
  return newEntity('task', `T-${index}`, draft, '2026-11-25T12:00:00.000Z', 'ana');
}

function creation(title: string): Operation {
  return createOperation(author, 'task', 'T-new', { projectId: 'P-1', title });
}

function report(
  gate: GateId | 'all',
  index: GateIndex,
  get: VisibleState['get'],
  operationsOf: (round: number) => readonly Operation[],
): void {
  const modes = Object.fromEntries(gateIds.map((id) => [id, gate === 'all' || id === gate ? 'warn' : 'off']));
  const settings = { ...defaultGateSettings, modes: modes as typeof defaultGateSettings.modes };
  const full = Object.fromEntries(['identity'].map((id) => [id, id]));
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const operations = operationsOf(round);
    const start = cpuMs();
    evaluateGates({ operations, visible: { get }, index, settings, dimensionsOf: () => full });
    took.push(cpuMs() - start);
  }
  took.sort((a, b) => a - b);
  const [p50 = 0, p99 = 0] = [took[rounds / 2], took[Math.floor(rounds * 0.99)]];
  const verdict = p99 > budgetMs ? 'MISSED' : 'ok';
  isMissed ||= verdict === 'MISSED';
  console.log(`  ${gate.padEnd(16)} p50 ${p50.toFixed(3)} ms   p99 ${p99.toFixed(3)} ms (${budgetMs})   ${verdict}`);
}
