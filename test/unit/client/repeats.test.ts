import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { answerError } from '../../../src/client/answerError.ts';
import { type Budget, withinBudget } from '../../../src/client/budget.ts';
import { networkError } from '../../../src/client/networkError.ts';
import { withRepeats } from '../../../src/client/repeats.ts';
import { DtmError } from '../../../src/core/errors.ts';
import { rejectsWith } from '../../support/rejects.ts';

const origin = 'http://127.0.0.1:8000';
const clock = { now: () => new Date().toISOString(), monotonic: () => Date.now() };
const answered = (status: number, headers: Record<string, string> = {}) =>
  answerError(origin, { status, body: undefined, requestId: 'R', headers: new Map(Object.entries(headers)) });
const broken = (code: string) => networkError(origin, Object.assign(new Error(code), { code }));

describe('repeating requests', () => {
  /** When each attempt was made, in milliseconds. */
  let attempts: number[];
  let caller: AbortController;

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date', 'setTimeout'] });
    attempts = [];
    caller = new AbortController();
  });
  afterEach(() => mock.timers.reset());

  /** Attempts that fail with these errors, one after the other, and then succeed. */
  function run(failures: readonly Error[], { isRepeatable = true, random = 0.5, ms = 10_000 } = {}): Promise<string> {
    const left = [...failures];
    const attempt = async () => {
      attempts.push(Date.now());
      const error = left.shift();
      if (error) throw error;
      return 'answer';
    };
    return withinBudget({ origin, ms, clock, signal: caller.signal }, (budget: Budget) =>
      withRepeats({ isRepeatable, budget, random: () => random }, attempt),
    );
  }

  /** Lets time go by as long as anything waits for it. */
  async function pass<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = promise.finally(() => {
      isDone = true;
    });
    done.catch(() => undefined);
    while (!isDone) {
      for (let i = 0; i < 10; i++) await Promise.resolve();
      mock.timers.tick(1);
    }
    return done;
  }

  it('pauses for a random part of a growing span, and gives up after three repeats', async () => {
    await rejectsWith(pass(run(Array.from({ length: 9 }, () => answered(503)))), 'unavailable');
    const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    assert.equal(attempts.length, 4);
    for (const [index, about] of [100, 200, 400].entries()) {
      const pause = pauses[index] ?? 0;
      assert.ok(pause >= about && pause <= about + 4, `${pauses}`);
    }
  });

  it('does not pause where the random part is nothing', async () => {
    assert.equal(await pass(run([answered(502), answered(504)], { random: 0 })), 'answer');
    assert.ok((attempts[2] ?? 0) <= 4, `${attempts}`);
  });

  it('waits as long as the server asked for, and a little more so that not everybody comes back at once', async () => {
    assert.equal(await pass(run([answered(429, { 'retry-after': '2' })])), 'answer');
    assert.ok((attempts[1] ?? 0) >= 2_025 && (attempts[1] ?? 0) <= 2_030, `${attempts}`);
    const dates = { date: 'Tue, 03 Mar 2026 12:00:00 GMT', 'retry-after': 'Tue, 03 Mar 2026 12:00:03 GMT' };
    attempts = [];
    const before = Date.now();
    assert.equal(await pass(run([answered(503, dates)])), 'answer');
    assert.ok((attempts[1] ?? 0) - before >= 3_000, `${attempts}`);
  });

  it('fails at once where the server asks for more time than there is', async () => {
    const error = await rejectsWith(pass(run([answered(503, { 'retry-after': '11' })])), 'unavailable');
    assert.equal(error.details.retryAfterMs, 11_000);
    assert.equal(attempts.length, 1);
    await rejectsWith(pass(run([answered(503, { 'retry-after': '10' })], { ms: 120_000 })), 'unavailable');
    assert.equal(attempts.length, 2);
  });

  it('repeats once, at once, on a new connection after one that ended without notice', async () => {
    assert.equal(await pass(run([broken('ECONNRESET')])), 'answer');
    assert.equal(attempts.length, 2);
    attempts = [];
    await rejectsWith(pass(run([broken('ECONNRESET'), broken('UND_ERR_SOCKET')])), 'offline');
    assert.equal(attempts.length, 2);
  });

  it('repeats nothing else', async () => {
    const errors = [
      broken('ECONNREFUSED'),
      broken('ENOTFOUND'),
      broken('ETIMEDOUT'),
      broken('CERT_HAS_EXPIRED'),
      ...[400, 401, 403, 404, 409, 412, 422, 500].map((status) => answered(status)),
      new DtmError('bad-answer', 'a page'),
      new Error('a fault of ours'),
    ];
    for (const error of errors) await assert.rejects(pass(run([error])), error);
    assert.equal(attempts.length, errors.length);
  });

  it('repeats nothing that could take effect twice', async () => {
    for (const error of [answered(429, { 'retry-after': '0' }), answered(503), broken('ECONNRESET')]) {
      await assert.rejects(pass(run([error], { isRepeatable: false })), error);
    }
    assert.equal(attempts.length, 3);
  });

  it('stops waiting when the caller gives up, leaves no timer, and sends nothing more', async () => {
    const running = run([answered(503, { 'retry-after': '5' })]);
    for (let i = 0; i < 20; i++) {
      await Promise.resolve();
      mock.timers.tick(1);
    }
    caller.abort();
    await rejectsWith(running, 'cancelled');
    mock.timers.tick(20_000);
    assert.equal(attempts.length, 1);
  });

  it('tells the end of the budget from the caller’s', async () => {
    const endless = ({ signal, failure }: Budget) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(failure())));
    const slow = withinBudget({ origin, ms: 50, clock, signal: caller.signal }, endless);
    mock.timers.tick(50);
    await rejectsWith(slow, 'timeout');
    const given = withinBudget({ origin, ms: 50, clock, signal: caller.signal }, endless);
    caller.abort();
    await rejectsWith(given, 'cancelled');
  });
});
