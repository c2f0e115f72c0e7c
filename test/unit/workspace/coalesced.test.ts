import assert from 'node:assert/strict';
import { Coalesced } from '../../../src/workspace/coalesced.ts';

describe('coalesced work', () => {
  it('gives everybody a run that began after they asked, and no more runs than that', async () => {
    let started = 0;
    let finish = (): void => {};
    const work = new Coalesced(async () => {
      const run = ++started;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return run;
    });
    const first = work.request();
    const later = [work.request(), work.request(), work.request()];
    finish();
    assert.equal(await first, 1);
    await new Promise((resume) => setImmediate(resume));
    finish();
    assert.deepEqual(await Promise.all(later), [2, 2, 2]);
    await work.idle();
    assert.equal(started, 2);
  });

  it('runs for those who waited even if the run before them failed', async () => {
    let started = 0;
    const work = new Coalesced(async () => {
      started++;
      await Promise.resolve();
      if (started === 1) throw new Error('first');
      return started;
    });
    const [first, second] = await Promise.allSettled([work.request(), work.request()]);
    assert.equal(first.status, 'rejected');
    assert.deepEqual(second, { status: 'fulfilled', value: 2 });
    await work.idle();
  });

  it('is idle only when the run that waited is over, too', async () => {
    const finish: (() => void)[] = [];
    const work = new Coalesced(() => new Promise<void>((resolve) => finish.push(resolve)));
    const runs = [work.request(), work.request()];
    let isIdle = false;
    const idle = work.idle().then(() => {
      isIdle = true;
    });
    finish[0]?.();
    await new Promise((resume) => setImmediate(resume));
    assert.deepEqual([finish.length, isIdle], [2, false]);
    finish[1]?.();
    await Promise.all([...runs, idle]);
  });
});
