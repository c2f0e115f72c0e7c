import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { onlyOn } from '../support/onlyOn.ts';
import { repositoryRoot } from '../support/paths.ts';
import { addUser } from './accounts.ts';
import { type Answer, Api, signIn } from './api.ts';

const rounds = 8;
/** What differs between two sendings of one answer. */
const ofOneSending = ['date', 'x-request-id', 'server-timing'];

describe('the work behind a refused sign-in', () => {
  let server: DtmServer;

  before(async function () {
    onlyOn(this, ['sqlite'], 'the hash is computed the same, wherever the account stands');
    server = await makeDtmServer({ store: 'sqlite' });
    await server.start({ nodeArgs: ['--import', join(repositoryRoot, 'test/support/scryptSpy.ts')] });
    const admin = await signIn(server);
    const { id } = await addUser(admin, 'switched-off', 'member');
    await admin.must('PATCH', `/api/v1/users/${id}`, { disabled: true });
  });
  after(() => server?.dispose());

  const hashes = () => server.process.stderr.match(/^scrypt .+$/gm) ?? [];
  const told = ({ status, headers, body }: Answer) => {
    const { request_id: _, ...problem } = body;
    return { status, problem, headers: [...headers].filter(([name]) => !ofOneSending.includes(name)) };
  };

  async function attempt(username: string): Promise<{ computed: string[]; answer: Answer; ms: number }> {
    const before = hashes().length;
    const started = performance.now();
    const answer = await new Api(server.origin).post('/auth/login', { username, password: 'not the password' });
    const ms = performance.now() - started;
    while (hashes().length === before) await setTimeout(10);
    await new Api(server.origin).get('/health/live');
    return { computed: hashes().slice(before), answer, ms };
  }

  it('is one hash of the same cost, for a wrong password, an unknown name and a user who is switched off', async () => {
    const names = ['admin', 'nobody', 'switched-off'];
    const times = new Map<string, number[]>(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      const wrong = await attempt('admin');
      assert.equal(wrong.answer.status, 401);
      assert.equal(wrong.computed.length, 1);
      assert.match(wrong.computed[0] ?? '', /"N":32768,"r":8,"p":3/);
      times.get('admin')?.push(wrong.ms);
      for (const name of names.slice(1)) {
        const other = await attempt(name);
        assert.deepEqual(other.computed, wrong.computed, name);
        assert.deepEqual(told(other.answer), told(wrong.answer), name);
        times.get(name)?.push(other.ms);
      }
    }
    const figures = names.map((name) => `${name} ${median(times.get(name) ?? []).toFixed(0)} ms`);
    const ratio = median(times.get('nobody') ?? []) / median(times.get('admin') ?? []);
    console.log(`      medians: ${figures.join(', ')}; unknown name to wrong password ${ratio.toFixed(2)}`);
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
