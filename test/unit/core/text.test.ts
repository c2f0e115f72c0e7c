import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalWords, compareCodePoints, isStorableText, wordsOf } from '../../../src/core/text.ts';

const anyUnicode = fc.string({ unit: 'binary', maxLength: 8 });
/** Characters around the places where UTF-16 order and code-point order part. */
const tricky = fc
  .array(fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'))
  .map((c) => c.join(''));

describe('text', () => {
  it('is ordered by code point as UTF-8 bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(anyUnicode, tricky), fc.oneof(anyUnicode, tricky), (a, b) => {
        assert.equal(Math.sign(compareCodePoints(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is storable without NUL and half characters', () => {
    for (const good of ['', 'Ärger', '😀', '\uffff', '\t\r\n']) assert.ok(isStorableText(good));
    for (const bad of ['a\u0000b', '\ud83d', '\ude00', '\ude00\ud83d', 'x\ud83dx']) assert.ok(!isStorableText(bad));
  });

  it('that is well-formed and has no NUL is always storable, any other never', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        const isWellFormed = Buffer.from(text).toString() === text;
        assert.equal(isStorableText(text), isWellFormed && !text.includes('\u0000'));
      }),
    );
  });

  it('falls into words for search', () => {
    assert.deepEqual(wordsOf('Fix the ﬁle-upload (Größe)! snake_case'), [
      'fix',
      'the',
      'file-upload',
      'größe',
      'snake_case',
    ]);
    assert.deepEqual(wordsOf(' ... '), []);
  });

  it('keeps a set of words sorted and without repeats', () => {
    assert.deepEqual(canonicalWords(['b', '😀', '\uffff', 'a', 'b']), ['a', 'b', '\uffff', '😀']);
  });
});
