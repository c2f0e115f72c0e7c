// What the quality gates cost before a change is accepted, with 100,000 tasks: `npm run bench:gates`. Measures the time of
// the processor, so that it can run beside other work. Exits with 1 where a budget is missed.
import { newEntity } from '../src/core/draft.ts';
import { createOperation, statusOperations } from '../src/core/expand.ts';
import { evaluateGates } from '../src/core/gates/evaluateGates.ts';
import { GateFacts } from '../src/core/gates/gateFacts.ts';
import { defaultGateSettings } from '../src/core/gates/settings.ts';
import type { Operation } from '../src/core/operation.ts';
import type { Task } from '../src/core/task.ts';
import { EntityTable } from '../src/workspace/entityTable.ts';
import { authorNamed } from '../test/support/author.ts';
import { seededRandom } from '../test/support/seededRandom.ts';

const count = Number(process.env.TASKS ?? 100_000);
const rounds = 50;
/** No command may take a noticeable time for it, and the editor's event loop may not be kept for longer than 50 ms. */
const budgets = { wholeMs: 150, sliceMs: 25 };
const author = authorNamed();
const random = seededRandom(1);
const pick = (limit: number) => Math.floor(random() ** 2 * limit);

/** Titles as people write them, from many words and from few, and as programs write them. */
const vocabularies: Readonly<Record<string, (index: number) => string>> = {
  'titles of 5,000 words': () => Array.from({ length: 6 }, () => `word${pick(5_000)}`).join(' '),
  'titles of 50 words': () => Array.from({ length: 6 }, () => `word${pick(50)}`).join(' '),
  'numbered titles': (index) => `Import task number ${index}`,
};

for (const [name, titleOf] of Object.entries(vocabularies)) await measure(name, titleOf);

async function measure(name: string, titleOf: (index: number) => string): Promise<void> {
  const table = new EntityTable();
  table.put(newEntity('project', 'P-1', { name: 'One' }, author.now(), 'ana'));
  const tasks = Array.from({ length: count }, (_, index) => taskOf(index, titleOf(index)));
  for (const task of tasks) table.put(task);
  const ready = tasks.filter(({ status }) => status === 'ready');
  console.log(name);
  await report('create', table, (round) => [creation(titleOf(count + round * 7))]);
  await report('start', table, (round) =>
    statusOperations(author, 'task', ready[round % ready.length]!, 'in_progress'),
  );
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

async function report(
  what: string,
  visible: EntityTable,
  operationsOf: (round: number) => readonly Operation[],
): Promise<void> {
  const whole: number[] = [];
  const slices: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const operations = operationsOf(round);
    const start = cpuMs();
    let sliceStart = start;
    const endSlice = async () => {
      slices.push(cpuMs() - sliceStart);
      sliceStart = cpuMs();
    };
    const facts = await GateFacts.gather(visible, operations, endSlice);
    evaluateGates({ operations, visible, facts, settings: defaultGateSettings, isChecked: true });
    await endSlice();
    whole.push(cpuMs() - start);
  }
  const line = [tell('whole', whole, budgets.wholeMs), tell('longest block', slices, budgets.sliceMs)];
  console.log(`  ${what.padEnd(8)} ${line.join('   ')}`);
}

function tell(name: string, took: number[], budgetMs: number): string {
  took.sort((a, b) => a - b);
  const [p50 = 0, p99 = 0] = [took[Math.floor(took.length / 2)], took[Math.floor(took.length * 0.99)]];
  if (p99 > budgetMs) process.exitCode = 1;
  return `${name} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${budgetMs})${p99 > budgetMs ? ' MISSED' : ''}`;
}
