import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Circuit, type Reachability } from '../../../src/client/circuit.ts';
import { cancelled, networkError } from '../../../src/client/networkError.ts';
import { DtmError } from '../../../src/core/errors.ts';
import { rejectsWith } from '../../support/rejects.ts';

const origin = 'https://dtm.example';
const refused = () => networkError(origin, Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

describe('the circuit of an origin', () => {
  let circuit: Circuit;
  let states: Reachability[];
  let sent: number;

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'] });
    circuit = new Circuit({ origin, isLoopback: false, random: () => 1 });
    states = [];
    circuit.onDidChange((state) => states.push(state));
    sent = 0;
  });
  afterEach(() => mock.timers.reset());

  const send = (outcome: unknown, isProbe = false) =>
    circuit.run(async () => {
      sent++;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }, isProbe);
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) await rejectsWith(send(refused()), 'offline');
  };

  it('opens after three connections in a row that came to nothing, and then fails at once, saying why', async () => {
    await fail(2);
    await send('answer');
    await fail(3);
    assert.deepEqual(states, ['open']);
    const error = await rejectsWith(send('never sent'), 'offline');
    assert.equal(sent, 6);
    assert.match(error.message, /ECONNREFUSED.*not asked again so soon/);
    assert.deepEqual([error.retryable, error.details.circuit], [true, 'open']);
    assert.ok(error.hint?.includes(origin));
  });

  it('counts what the way did, not what a server answered or a caller did', async () => {
    const answers = ['unavailable', 'internal', 'unauthenticated', 'bad-answer', 'cancelled', 'overloaded'] as const;
    for (const code of answers) {
      for (let i = 0; i < 4; i++) await rejectsWith(send(new DtmError(code, code)), code);
    }
    assert.deepEqual(states, []);
    for (const error of [refused(), new DtmError('timeout', 'slow'), tlsError()]) await assert.rejects(send(error));
    assert.deepEqual(states, ['open']);
  });

  it('lets one request find out after a second, and closes when that gets an answer', async () => {
    await fail(3);
    mock.timers.tick(999);
    await rejectsWith(send('too soon'), 'offline');
    mock.timers.tick(1);
    assert.equal(await send('answer'), 'answer');
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
  });

  it('waits twice as long after each attempt in vain, half a minute at most', async () => {
    await fail(3);
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      mock.timers.tick(seconds * 1_000 - 1);
      const before = sent;
      await rejectsWith(send('too soon'), 'offline');
      assert.equal(sent, before, `${seconds} s`);
      mock.timers.tick(1);
      await rejectsWith(send(refused()), 'offline');
      assert.equal(sent, before + 1, `${seconds} s`);
    }
  });

  it('is no more than a second open to this machine', async () => {
    circuit = new Circuit({ origin: 'http://127.0.0.1:8000', isLoopback: true, random: () => 1 });
    await fail(3);
    for (let i = 0; i < 5; i++) {
      mock.timers.tick(1_000);
      const before = sent;
      await rejectsWith(send(refused()), 'offline');
      assert.equal(sent, before + 1);
    }
  });

  it('lets a probe out at any time; those who come meanwhile wait for what it finds', async () => {
    await fail(3);
    let answer = () => {};
    const untilAnswered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const probe = circuit.run(() => untilAnswered, true);
    assert.equal(circuit.state, 'half-open');
    const other = send('answer');
    assert.equal(sent, 3);
    answer();
    await probe;
    assert.equal(await other, 'answer');
    assert.equal(circuit.state, 'closed');
  });

  it('stays open when the probe was called off: nobody knows', async () => {
    await fail(3);
    await rejectsWith(send(cancelled(origin), true), 'cancelled');
    assert.equal(circuit.state, 'open');
    await rejectsWith(send(refused(), true), 'offline');
    assert.equal(circuit.state, 'open');
    assert.equal(await send('answer', true), 'answer');
    assert.equal(circuit.state, 'closed');
  });

  function tlsError(): DtmError {
    return networkError(origin, Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }));
  }
});
