import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { startDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { startPostgres } from '../support/postgres.ts';
import { type Api, signIn } from './api.ts';
import { create, wholeTask } from './operations.ts';
import { assertUnhealthyEverywhere } from './unhealthy.ts';

const restarts = 3;
const writers = 8;

type Tally = { acknowledged: string[]; refused: number };

describe('a restart of PostgreSQL under load', () => {
  it('is told as 503 with Retry-After, loses nothing, and the pool recovers by itself', async function () {
    onlyOn(this, ['postgres', 'postgres-two'], 'the embedded database has no server that could be restarted');
    const postgres = await startPostgres();
    const { restart } = postgres;
    if (!restart) {
      console.log('      skipped: the server of DTM_TEST_DATABASE_URL is not ours to restart');
      return this.skip();
    }
    const server = await startDtmServer({ env: { DTM_DATABASE_URL: postgres.url, DTM_LOG_LEVEL: 'silent' } });
    try {
      const api = await signIn(server);
      await api.make('projects', { id: 'P-R', name: 'Restarted' });
      const tally: Tally = { acknowledged: [], refused: 0 };
      let isOver = false;
      const writing = Array.from({ length: writers }, (_, writer) => writeOn(api, writer, tally, () => isOver));
      for (let round = 0; round < restarts; round++) {
        const before = tally.acknowledged.length;
        while (tally.acknowledged.length < before + 20) await setTimeout(20);
        await restart(() => assertUnhealthyEverywhere(api));
      }
      const atLast = tally.acknowledged.length;
      while (tally.acknowledged.length < atLast + 20) await setTimeout(20);
      isOver = true;
      await Promise.all(writing);
      assert.equal((await api.get('/health')).status, 200);
      await assertAllThere(api, tally);
      console.log(
        `      ${restarts} restarts, ${tally.acknowledged.length} tasks acknowledged, ${tally.refused} answers 503, 0 lost`,
      );
      assert.ok(tally.refused > 0);
    } finally {
      await server.dispose();
      await postgres.stop();
    }
  }).timeout(120_000);
});

/** Sends each operation until it was acknowledged, as a client does. */
async function writeOn(api: Api, writer: number, tally: Tally, isOver: () => boolean): Promise<void> {
  for (let count = 0; !isOver(); ) {
    const id = `T-R${writer}-${count}`;
    const operations = [create(wholeTask(id, 'P-R'))];
    for (let isDone = false; !isDone; ) {
      const { status, headers, body, text } = await api.post('/api/v1/batch', { operations });
      if (status === 200) {
        assert.match(String(body.results[0]?.outcome), /^(applied|duplicate)$/, text);
        isDone = true;
      } else {
        assert.equal(status, 503, text);
        assert.equal(body.type, '/problems/unavailable');
        assert.ok(Number(headers.get('retry-after')) > 0);
        assert.doesNotMatch(text, /127\.0\.0\.1:|ECONN|postgres:|select /);
        tally.refused += 1;
        await setTimeout(50);
      }
    }
    tally.acknowledged.push(id);
    count += 1;
  }
}

async function assertAllThere(api: Api, { acknowledged }: Tally): Promise<void> {
  const ids = new Set<string>();
  for (let next = '0', hasMore = true; hasMore; ) {
    const page = await api.must('GET', `/api/v1/changes?since=${next}&limit=1000`);
    for (const change of page.changes) ids.add(change.id);
    ({ next, has_more: hasMore } = page);
  }
  const lost = acknowledged.filter((id) => !ids.has(id));
  assert.deepEqual(lost, []);
}
