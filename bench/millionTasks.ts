// How lists, search and the feed of a server on SQLite behave with many tasks:
// `TASKS=1000000 node bench/millionTasks.ts`. Prints medians and 99th percentiles over HTTP, one client at a time.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from '../test/contract/api.ts';
import { create, wholeTask } from '../test/contract/operations.ts';
import { startDtmServer } from '../test/support/dtmServer.ts';
import { seededRandom } from '../test/support/seededRandom.ts';

const count = Number(process.env.TASKS ?? 100_000);
const rounds = Number(process.env.ROUNDS ?? 60);
const batchSize = 1_000;
const random = seededRandom(1);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const words = Array.from({ length: 3_000 }, (_, index) => `w${((index * 7_919) % 46_656).toString(36)}x`);
const statuses = ['new', 'ready', 'active', 'in_progress', 'review', 'done'] as const;

function randomTask(index: number): object {
  const title = Array.from({ length: 5 }, () => pick(words)).join(' ');
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
  const more = {
    status: pick(statuses),
    priority: pick(['p0', 'p1', 'p2', 'p3']),
    labels: [pick(words.slice(0, 50))],
    assignees: [`user${Math.floor(random() * 200)}`],
    due_at: `2026-12-${day}T12:00:00.000Z`,
    description: Array.from({ length: 12 }, () => pick(words)).join(' '),
  };
  return create({ ...wholeTask(`T-B${index}`, `P-B${index % 20}`), title, ...more });
}

const server = await startDtmServer({ store: 'sqlite', entry: join(import.meta.dirname, '../dist/server.mjs') });
try {
  const api = await signIn(server);
  for (let index = 0; index < 20; index++) await api.make('projects', { id: `P-B${index}`, name: `Project ${index}` });
  const begun = performance.now();
  for (let start = 0; start < count; start += batchSize) {
    const operations = Array.from({ length: batchSize }, (_, index) => randomTask(start + index));
    const { results } = await api.must('POST', '/api/v1/batch', { operations });
    const bad = results.find((result) => result.outcome !== 'applied');
    if (bad) throw new Error(JSON.stringify(bad));
  }
  const seconds = (performance.now() - begun) / 1_000;
  const size = statSync(join(server.dataDir, 'dtm.sqlite')).size / 2 ** 20;
  console.log(
    `${count} tasks in ${seconds.toFixed(0)} s (${Math.round(count / seconds)}/s), ${size.toFixed(0)} MB on disk`,
  );
  const requests: Readonly<Record<string, () => string>> = {
    'get one': () => `/api/v1/tasks/T-B${Math.floor(random() * count)}`,
    'filter, sort by priority and due': () =>
      `/api/v1/tasks?status=${pick(statuses)}&sort=-priority,due_at&limit=50&include_total=false`,
    'filter by status': () => `/api/v1/tasks?status=${pick(statuses)}&limit=50&include_total=false`,
    'filter by status, with total': () => `/api/v1/tasks?status=${pick(statuses)}&limit=50`,
    'filter by project and status': () =>
      `/api/v1/tasks?project_id=P-B${Math.floor(random() * 20)}&status=ready&limit=50&include_total=false`,
    'filter by assignee': () => `/api/v1/tasks?assignee=user${Math.floor(random() * 200)}&limit=50&include_total=false`,
    'search one word': () => `/api/v1/tasks?q=${pick(words)}&limit=50&include_total=false`,
    'search two words': () => `/api/v1/tasks?q=${pick(words)}+${pick(words)}&limit=50&include_total=false`,
    'search by two letters': () => `/api/v1/tasks?q=${pick(words).slice(0, 2)}&limit=50&include_total=false`,
    'changes, tail': () => `/api/v1/changes?since=${count}`,
    'changes, first page of the snapshot': () => '/api/v1/changes?since=0&limit=1000',
    'create one': () => '',
  };
  for (const [name, path] of Object.entries(requests)) console.log(await measured(name, path));
  console.log(`resident ${residentMb(server.process.pid)} MB`);

  async function measured(name: string, path: () => string): Promise<string> {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const to = path();
      const start = performance.now();
      if (to === '') await api.make('tasks', { project_id: 'P-B1', title: 'One more' });
      else await api.must('GET', to);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
    return `${name.padEnd(38)} median ${at(0.5).padStart(8)} ms   p99 ${at(0.99).padStart(8)} ms`;
  }
} finally {
  await server.dispose();
}

function residentMb(pid: number | undefined): string {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) / 1_024).toFixed(0);
}
