import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { NetworkWatch } from '../../../../src/extension/connection/networkWatch.ts';

describe('NetworkWatch', () => {
  let network: string;
  let changes: number;
  let looks: number;
  let watch: NetworkWatch;

  beforeEach(() => {
    network = 'home';
    changes = 0;
    looks = 0;
    const read = () => {
      looks += 1;
      return network;
    };
    watch = new NetworkWatch({ read, everyMs: 5, onChange: () => (changes += 1) });
  });
  afterEach(() => watch.dispose());

  async function moveTo(name: string): Promise<void> {
    network = name;
    const until = looks + 3;
    while (looks < until) await setTimeout(5);
  }

  it('tells once of each change', async () => {
    watch.want(true);
    watch.want(true);
    await moveTo('train');
    assert.equal(changes, 1);
    await moveTo('train');
    assert.equal(changes, 1);
    await moveTo('home');
    assert.equal(changes, 2);
  });

  it('does not look while nobody wants to know, and begins with what there is then', async () => {
    watch.want(true);
    watch.want(false);
    const before = looks;
    network = 'train';
    await setTimeout(50);
    assert.equal(looks, before);
    watch.want(true);
    await moveTo('train');
    assert.equal(changes, 0);
  });

  it('reads the addresses of this machine', async () => {
    const real = new NetworkWatch({ everyMs: 5, onChange: () => assert.fail('the network did not change') });
    real.want(true);
    await setTimeout(30);
    real.dispose();
  });
});
