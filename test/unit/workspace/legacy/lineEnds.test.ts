import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineEnds, lineEndsIn } from '../../../../src/workspace/legacy/lineEnds.ts';

/** Mostly line ends, which may be cut in two by the chunks. */
const bytes = fc
  .array(fc.constantFrom('\n', '\r', 'a', 'ü'), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join('')));

describe('line ends', () => {
  it('are counted the same however the bytes come in', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 7 }), fc.array(fc.nat(80)), (whole, size, asked) => {
        const ends = new LineEnds();
        for (let start = 0; start < whole.length; start += size) ends.read(whole.subarray(start, start + size));
        const places = asked.filter((at) => at < whole.length).sort((a, b) => a - b);
        for (const at of places) {
          // The bytes before it, without half a CR LF: that line has not ended.
          const isHalf = whole[at] === 0x0a && whole[at - 1] === 0x0d;
          const before = whole.subarray(0, isHalf ? at - 1 : at).toString('latin1');
          assert.equal(ends.lineOf(at), lineEndsIn(before) + 1);
        }
      }),
    );
  });
});
