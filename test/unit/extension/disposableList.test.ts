import assert from 'node:assert/strict';
import { DisposableList } from '../../../src/extension/disposableList.ts';

describe('DisposableList', () => {
  it('disposes in the reverse order', () => {
    const order: string[] = [];
    const list = new DisposableList();
    for (const name of ['a', 'b', 'c']) list.add({ dispose: () => order.push(name) });
    list.dispose();
    assert.deepEqual(order, ['c', 'b', 'a']);
  });

  it('disposes at once what is added after the end', () => {
    const list = new DisposableList();
    list.dispose();
    let disposed = 0;
    list.add({ dispose: () => disposed++ });
    assert.equal(disposed, 1);
  });

  it('disposes the others where one throws, and tells of it', () => {
    const list = new DisposableList();
    let disposed = 0;
    list.add({ dispose: () => disposed++ });
    list.add({
      dispose: () => {
        throw new Error('stuck');
      },
    });
    assert.throws(() => list.dispose(), /stuck/);
    assert.equal(disposed, 1);
  });

  it('disposes nothing twice', () => {
    const list = new DisposableList();
    let disposed = 0;
    list.add({ dispose: () => disposed++ });
    list.dispose();
    list.dispose();
    assert.equal(disposed, 1);
  });
});
