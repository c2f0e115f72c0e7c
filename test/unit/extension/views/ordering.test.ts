import assert from 'node:assert/strict';
import fc from 'fast-check';
import { firstInOrder } from '../../../../src/extension/views/ordering.ts';

const byNumber = (a: number, b: number) => a - b;

describe('firstInOrder', () => {
  it('gives what sorting everything and cutting gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 1, max: 9 }), (items, limit) => {
        const { first, total } = firstInOrder(items, byNumber, limit);
        assert.deepEqual(first, [...items].sort(byNumber).slice(0, limit));
        assert.equal(total, items.length);
      }),
    );
  });
});
