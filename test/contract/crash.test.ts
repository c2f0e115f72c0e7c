import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { testStore } from '../support/testStore.ts';
import { type Api, type Body, signIn } from './api.ts';
import { create, newOpId, update, wholeTask } from './operations.ts';

/** A long run asks for more. With PostgreSQL the server holds nothing that a kill could damage. */
const kills = Number(process.env.SERVER_KILLS ?? (testStore() === 'sqlite' ? 20 : 5));
const writers = 4;

type Ledger = {
  /** What the server said it had applied: the least version and title that must be there afterwards. */
  readonly acknowledged: Map<string, { version: number; title: string }>;
  /** Sent, and the answer never came: there or not, but never half. */
  readonly unanswered: Map<string, object[]>;
};

describe('kill -9 under load', () => {
  it(`loses no acknowledged write in ${kills} kills, and applies what is sent again exactly once`, async () => {
    const seed = Number(process.env.DTM_TEST_SEED ?? 20_260_301);
    const random = seededRandom(seed);
    const server = await startDtmServer();
    const ledger: Ledger = { acknowledged: new Map(), unanswered: new Map() };
    let lost = 0;
    let repeated = 0;
    try {
      await (await signIn(server)).make('projects', { id: 'P-K', name: 'Killed' });
      for (let round = 0; round < kills; round++) {
        await writeUntilKilled(await signIn(server), ledger, random, () => server.kill());
        await assertWhole(server);
        await server.start();
        const api = await signIn(server);
        lost += await countLost(api, ledger);
        repeated += await sendAgain(api, ledger);
      }
      const total = ledger.acknowledged.size;
      console.log(
        `      seed ${seed}: ${kills} kills, ${total} tasks acknowledged, ${repeated} sent again, ${lost} lost`,
      );
      assert.equal(lost, 0);
      assert.ok(total > kills);
      assert.equal((await server.stop()).code, 0);
    } finally {
      await server.dispose();
    }
  }).timeout(60_000 + kills * 10_000);
});

/** What a kill left in the embedded database is whole. A copy is looked at, so that the server meets it as it was left. */
async function assertWhole({ dataDir }: DtmServer): Promise<void> {
  if (!existsSync(join(dataDir, 'dtm.sqlite'))) return;
  const copy = await makeTemporaryFolder('killed');
  await cp(dataDir, copy, { recursive: true });
  const file = new DatabaseSync(join(copy, 'dtm.sqlite'));
  const found = file.prepare('pragma integrity_check').all();
  file.close();
  await removeTemporaryFolder(copy);
  assert.deepEqual(found.map(Object.values), [['ok']]);
}

/** Writes from several connections until the server dies at a random answer. */
async function writeUntilKilled(api: Api, ledger: Ledger, random: () => number, kill: () => Promise<unknown>) {
  const killAt = 5 + Math.floor(random() * 60);
  let answers = 0;
  let killed: Promise<unknown> | undefined;
  const write = async () => {
    while (!killed) {
      const operations = randomBatch(random);
      const key = newOpId();
      ledger.unanswered.set(key, operations);
      const answer = await api.post('/api/v1/batch', { operations }).catch(() => undefined);
      if (!answer) return;
      assert.equal(answer.status, 200, answer.text);
      ledger.unanswered.delete(key);
      for (const result of answer.body.results) acknowledge(ledger, result);
      answers += 1;
      if (answers >= killAt) killed ??= kill();
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  await killed;
}

/** Creates a task and renames it at once, sometimes as a group. */
function randomBatch(random: () => number): object[] {
  const id = `T-${newOpId()}`;
  const group = random() < 0.5 ? { group_id: newOpId() } : {};
  const title = `Named ${Math.floor(random() * 1e9)}`;
  return [create(wholeTask(id, 'P-K'), group), update(id, { title: [`Task ${id}`, title] }, group)];
}

function acknowledge(ledger: Ledger, result: Body): void {
  assert.ok(result.outcome === 'applied' || result.outcome === 'duplicate', JSON.stringify(result));
  const { id, version, title } = result.entity!;
  ledger.acknowledged.set(id, { version, title });
}

async function countLost(api: Api, ledger: Ledger): Promise<number> {
  const there = new Map<string, Body>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Body = await api.must('GET', `/api/v1/tasks?limit=1000${cursor ? `&cursor=${cursor}` : ''}`);
    for (const item of page.items) there.set(item.id, item);
    cursor = page.next_cursor;
  }
  const missing = [...ledger.acknowledged].filter(([id, expected]) => {
    const found = there.get(id);
    return !found || found.version < expected.version || found.title !== expected.title;
  });
  return missing.length;
}

/** What was never answered is sent again, twice: it must end up applied exactly once. @returns how many operations */
async function sendAgain(api: Api, ledger: Ledger): Promise<number> {
  let count = 0;
  for (const [key, operations] of ledger.unanswered) {
    const first = await api.must('POST', '/api/v1/batch', { operations });
    const second = await api.must('POST', '/api/v1/batch', { operations });
    for (const result of first.results) acknowledge(ledger, result);
    assert.deepEqual(
      second.results.map((result) => [result.outcome, result.version]),
      operations.map(() => ['duplicate', 2]),
    );
    ledger.unanswered.delete(key);
    count += operations.length;
  }
  return count;
}
