import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, canonicalText } from '../../../../src/core/evidence/canonicalJson.ts';
import { throwsWith } from '../../../support/rejects.ts';

describe('canonicalJson', () => {
  it('writes what RFC 8785 writes', () => {
    const value = { z: '\u20ac$\u000f\nA\'B"\\\\"/', a: [56, { d: true, '10': null, '1': -0 }], '': '\u2028😀' };
    const text = '{"":"\u2028😀","a":[56,{"1":0,"10":null,"d":true}],"z":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
    assert.equal(canonicalJson(value), text);
  });

  it('gives the same text whatever the order of keys, and the value back', () => {
    const key = fc.string({ unit: 'grapheme-ascii', maxLength: 6 }).filter((name) => name !== '__proto__');
    const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
    const { value: values } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(value);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        assert.deepEqual(JSON.parse(text), plain);
        assert.equal(canonicalJson(reversed(value)), text);
      }),
    );
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['a decimal', { a: [1, 0.5] }, /a\[1\] is not a safe integer/],
    ['a number beyond 2^53', 2 ** 53, /the value is not a safe integer/],
    ['what is no number', Number.NaN, /safe integer/],
    ['a key that is not ASCII', { a: { é: 1 } }, /"é" is not ASCII/],
    ['nothing', { a: undefined }, /a is nothing that JSON knows/],
    ['a date', new Date(), /nothing that JSON knows/],
    ['a function', () => 1, /nothing that JSON knows/],
    ['half a character', '\ud83d', /surrogate/],
  ];
  for (const [name, value, message] of refused) {
    it(`refuses ${name} and says where it is`, () => {
      const error = throwsWith(() => canonicalJson(value), 'validation');
      assert.match(error.message, message);
    });
  }

  it('writes any JSON that people keep in custom, and refuses what is too deep', () => {
    assert.equal(canonicalText({ é: 1.5e-7, b: 1e21, a: 100 }), '{"a":100,"b":1e+21,"é":1.5e-7}');
    assert.equal(canonicalText(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)).length, 1_000);
    throwsWith(() => canonicalText(undefined), 'validation');
    let deep: unknown = [];
    for (let level = 0; level < 200_000; level++) deep = [deep];
    throwsWith(() => canonicalText(deep), 'validation');
  });
});

/** The same value, every object's keys in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
