import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { shownWhenSlow } from '../../../../src/extension/prompts/shownWhenSlow.ts';

describe('shownWhenSlow', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('shows nothing for what is done in a moment', async () => {
    const shown: unknown[] = [];
    assert.equal(await shownWhenSlow(async () => 7, shown.push.bind(shown)), 7);
    mock.timers.tick(10_000);
    assert.deepEqual(shown, []);
  });

  it('shows what takes longer, until it ends', async () => {
    let end = (_: number) => {};
    const work = new Promise<number>((resolve) => {
      end = resolve;
    });
    const shown: Promise<number>[] = [];
    const result = shownWhenSlow(
      () => work,
      (working) => shown.push(working),
    );
    mock.timers.tick(499);
    assert.equal(shown.length, 0);
    mock.timers.tick(1);
    assert.equal(shown.length, 1);
    end(3);
    assert.deepEqual(await Promise.all([result, ...shown]), [3, 3]);
  });

  it('passes on why it failed, and shows nothing afterwards', async () => {
    const shown: unknown[] = [];
    const fails = async () => {
      throw new Error('away');
    };
    await assert.rejects(shownWhenSlow(fails, shown.push.bind(shown)), /away/);
    mock.timers.tick(10_000);
    assert.deepEqual(shown, []);
  });
});
