// What the evidence ledger costs: one durable change at a time, and a batch of 1,000, in a process that holds the lease,
// with the ledger and without it (its key is damaged, so that it cannot be written): `npm run bench:evidence`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '../src/core/operation.ts';
import { makeTemporaryFolder } from '../test/support/temporary.ts';
import { openTracker, projectOperation, taskOperation } from '../test/support/trackerBench.ts';

const singles = 300;
const batch = 1_000;
const rounds = Number(process.env.ROUNDS ?? 3);
const pauseMs = 5;

for (let round = 0; round < rounds; round++) {
  for (const isRecorded of [false, true]) console.log(isRecorded ? 'with:   ' : 'without:', await measured(isRecorded));
}

async function measured(isRecorded: boolean): Promise<string> {
  const root = await makeTemporaryFolder('bench-evidence');
  await mkdir(root, { recursive: true });
  if (!isRecorded) await writeFile(join(root, 'evidence-key'), 'damaged');
  const tracker = await openTracker(root, { projection: undefined });
  const project = projectOperation();
  await tracker.commit([project]);
  await tracker.settle([project.opId], 5_000);
  const times: number[] = [];
  for (let count = 0; count < singles; count++) {
    times.push(await timed(() => tracker.commit([taskOperation(project.id, `T${count}`)])));
    // As people and scripts do: not without a breath.
    await delay(pauseMs);
  }
  const many: Operation[] = Array.from({ length: batch }, (_, count) => taskOperation(project.id, `B${count}`));
  const committed = await timed(() => tracker.commit(many));
  const recorded = await timed(() => tracker.writeEvidence());
  const closed = await timed(() => tracker.close());
  await rm(root, { recursive: true });
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  const single = `one change p50 ${at(0.5)} p95 ${at(0.95)} p99 ${at(0.99)} ms`;
  const rest = `then the ledger ${recorded.toFixed(0)} ms; closing ${closed.toFixed(0)} ms`;
  return `${single}; ${batch} changes ${committed.toFixed(0)} ms; ${rest}`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
