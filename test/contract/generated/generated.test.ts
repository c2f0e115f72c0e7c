import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { apiRoutes } from '../../../src/api/routes.ts';
import { useDtmServer } from '../../support/dtmServer.ts';
import { onlyOn } from '../../support/onlyOn.ts';
import { testStore } from '../../support/testStore.ts';
import { Api, type Body, useApi } from '../api.ts';
import { routeName, routeOf } from '../routeOf.ts';
import { endOfFeed, foldFeed, listAll, readOne } from '../wholeFeed.ts';
import { whatIsWrong } from './answers.ts';
import { learn, prepareWorld } from './learning.ts';
import { anyRequest, type GeneratedRequest, validRequest } from './requests.ts';
import { type Exchange, Sender } from './sender.ts';
import type { World } from './world.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const wanted = Number(process.env.FUZZ_REQUESTS ?? (testStore() === 'sqlite' ? 20_000 : 2_000));
const atOnce = 32;
const partSize = 1_000;
const rounds = 5;
const mostFindings = 20;

/** Routes that compute a password's hash take a hundred times as long as the others. */
const isSlow = (path: string) => path.endsWith('/login') || path.startsWith('/api/v1/users');

const choices = apiRoutes.map((route) => ({ weight: isSlow(route.path) ? 1 : 8, arbitrary: anyRequest(route) }));

describe('generated requests', function () {
  this.timeout(600_000);
  const server = useDtmServer();
  const api = useApi(server);
  const counts = new Map<string, { sent: number; succeeded: number }>(
    apiRoutes.map((route) => [routeName(route), { sent: 0, succeeded: 0 }]),
  );
  const findings: string[] = [];
  let sent = 0;
  let world: World;
  let sender: Sender | undefined;
  /** Where the feed was before anything was generated, and what there was then. */
  let beginning: string;
  let known: ReadonlyMap<string, Body>;

  before(async () => {
    world = await prepareWorld(server());
    known = await listAll(api());
    beginning = await endOfFeed(api());
    sender = new Sender(server().origins);
  });
  after(() => sender?.close());

  /** Several at once, each after the one before it has been answered: a slow one holds up no other. */
  async function sendAll(requests: readonly GeneratedRequest[], to: Sender, width = atOnce): Promise<void> {
    const waiting = requests.values();
    const sendOn = async () => {
      for (const request of waiting) {
        const exchange = await to.send(request, world);
        const wrong = whatIsWrong(exchange, world.secrets);
        if (wrong !== undefined) findings.push(wrong);
        count(exchange);
        learn(exchange, world);
      }
    };
    await Promise.all(Array.from({ length: width }, sendOn));
  }

  function count({ method, address, status }: Exchange): void {
    sent += 1;
    const route = routeOf(method, address);
    const found = route && counts.get(routeName(route));
    if (!found) return;
    found.sent += 1;
    if (status < 300) found.succeeded += 1;
  }

  it(`are each answered as the description says, ${wanted} of them`, async () => {
    console.log(`      FUZZ_SEED=${seed}`);
    assert.ok(sender);
    const started = performance.now();
    for (let round = 0; round < rounds; round++) {
      const tour = apiRoutes.flatMap((route) => fc.sample(validRequest(route), { numRuns: 1, seed: seed + round }));
      await sendAll(tour, sender, 1);
    }
    for (let part = seed; sent < wanted && findings.length < mostFindings; part++) {
      const numRuns = Math.min(partSize, wanted - sent);
      await sendAll(fc.sample(fc.oneof(...choices), { numRuns, seed: part }), sender);
    }
    const succeeded = [...counts.values()].reduce((sum, each) => sum + each.succeeded, 0);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(`      ${testStore()}: ${sent} requests in ${seconds} s, ${succeeded} successes`);
    assert.equal(findings.length, 0, `FUZZ_SEED=${seed}\n${findings.join('\n\n')}`);
  });

  it('reached every route of the table, and a success on each', () => {
    const without = [...counts].filter(([, { succeeded }]) => succeeded === 0);
    assert.deepEqual(without, []);
  });

  it('left the server healthy, and nothing in its log', async () => {
    for (const origin of server().origins) {
      assert.equal((await new Api(origin).get('/health')).body.status, 'healthy');
    }
    const log = server().process.stderr;
    assert.doesNotMatch(log, /"level":[56]0/);
    for (const secret of world.secrets) assert.ok(!log.includes(secret), 'a token or a password is in the log');
  });

  it('left a database that is sound', function () {
    onlyOn(this, ['sqlite'], 'the check is one of SQLite');
    const database = new DatabaseSync(join(server().dataDir, 'dtm.sqlite'), { readOnly: true });
    assert.deepEqual(
      database
        .prepare('pragma integrity_check')
        .all()
        .map((row) => ({ ...row })),
      [{ integrity_check: 'ok' }],
    );
    assert.deepEqual(database.prepare('pragma foreign_key_check').all(), []);
    database.close();
  });

  it('left lists, each single entity, a snapshot and the feed from its beginning that say the same', async () => {
    const listed = await listAll(api());
    assert.ok(listed.size > 20);
    assert.deepEqual(await foldFeed(api(), '0'), listed);
    assert.deepEqual(await foldFeed(api(), beginning, known), listed);
    for (const [id, entity] of listed) assert.deepEqual(await readOne(api(), id), entity);
    console.log(`      ${listed.size} entities`);
  });
});
