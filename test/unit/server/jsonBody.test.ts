import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDtmError } from '../../../src/core/errors.ts';
import { isStorableText } from '../../../src/core/text.ts';
import { parseJsonBody } from '../../../src/server/jsonBody.ts';

/** What a body is refused with: the code, and the path of what is wrong. */
function refusal(text: string): readonly [string, string | undefined] | undefined {
  try {
    parseJsonBody(text);
    return undefined;
  } catch (error) {
    assert.ok(isDtmError(error));
    return [error.code, error.fields[0]?.path];
  }
}

describe('the JSON of a body', () => {
  for (const [text, expected] of [
    ['{"a":[{"b":"\\u0000"}]}', ['validation', 'a.0.b']],
    ['["x","\\ud800"]', ['validation', '1']],
    ['"\\u0000"', ['validation', '']],
    ['{"a":{"\\udc00":1}}', ['validation', 'a']],
    ['{"a":[0,{"__proto__":1}]}', ['bad-request', 'a.1']],
    ['{"a":', ['bad-request', undefined]],
    [`${'['.repeat(65)}${']'.repeat(65)}`, ['bad-request', '']],
    [`${'['.repeat(64)}${']'.repeat(64)}`, undefined],
    ['', undefined],
  ] as const) {
    it(`${text.slice(0, 30)} is ${expected ? `refused: ${expected.join(' ')}` : 'taken'}`, () => {
      assert.deepEqual(refusal(text), expected);
    });
  }

  it('is read as it is, unless there is text in it that no store keeps', () => {
    const anyJson = fc.json({ stringUnit: 'binary', maxDepth: 5 }).filter((text) => !text.includes('__proto__'));
    fc.assert(
      fc.property(anyJson, (text) => {
        const value: unknown = JSON.parse(text);
        const texts: string[] = [];
        JSON.stringify(value, (key, each: unknown) => {
          texts.push(key, ...(typeof each === 'string' ? [each] : []));
          return each;
        });
        if (texts.every(isStorableText)) assert.deepEqual(parseJsonBody(text), value);
        else assert.equal(refusal(text)?.[0], 'validation');
      }),
    );
  });
});
