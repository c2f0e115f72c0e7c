import assert from 'node:assert/strict';
import { judgeMocha } from '../../support/suites/measured.ts';
import { isSuccess, lastLine, type SuiteResult, summarize } from '../../support/summary.ts';

const result = (name: string, passed: number, failed: number, pending = 0): SuiteResult => ({
  name,
  passed,
  failures: Array.from({ length: failed }, (_, index) => ({ title: `test ${index}`, message: `line 1\nof ${name}` })),
  pending: Array.from({ length: pending }, (_, index) => `skipped ${index}`),
  seconds: 1.25,
});

describe('the summary of a run', () => {
  it('adds up the suites in its last line', () => {
    assert.equal(lastLine([result('a', 3, 0), result('b', 4, 2)]), '7 passed, 2 failed');
    assert.equal(lastLine([result('a', 3, 0, 2), result('b', 4, 0, 1)]), '7 passed, 0 failed, 3 skipped');
  });

  it('ends with that line, after the failures and the table', () => {
    const lines = summarize([result('unit', 3, 0), result('cli', 4, 1)]).split('\n');
    assert.equal(lines.at(-1), '7 passed, 1 failed');
    assert.equal(lines[0], 'FAILED cli: test 0');
    assert.equal(lines[1], '  line 1');
    assert.deepEqual(
      lines.filter((line) => /^(suite|unit|cli) /.test(line)).map((line) => line.split(/\s+/)),
      [
        ['suite', 'passed', 'failed', 'pending', 'seconds'],
        ['unit', '3', '0', '0', '1.3'],
        ['cli', '4', '1', '0', '1.3'],
      ],
    );
  });

  it('names what was skipped', () => {
    assert.match(summarize([result('unit', 1, 0, 1)]), /^SKIPPED unit: skipped 0$/m);
  });

  it('is a success only when something passed and nothing failed', () => {
    assert.equal(isSuccess([result('a', 1, 0, 5)]), true);
    assert.equal(isSuccess([result('a', 9, 1)]), false);
    assert.equal(isSuccess([result('a', 0, 0, 5)]), false);
    assert.equal(isSuccess([]), false);
  });
});

describe('what a mocha run counts for', () => {
  const failure = { title: 'a', message: 'b' };

  it('is what mocha counted when all went well', () => {
    const outcome = judgeMocha({ complete: true, passed: 2, failures: [failure], pending: ['p'] }, false, '');
    assert.deepEqual(outcome, { passed: 2, failures: [failure], pending: ['p'] });
  });

  for (const [what, results, endedWell] of [
    ['no test', { complete: true, passed: 0, failures: [], pending: [] }, true],
    ['no end', { complete: false, passed: 2, failures: [], pending: [] }, true],
    ['a bad exit code', { complete: true, passed: 2, failures: [], pending: [] }, false],
  ] as const) {
    it(`is one failure more with ${what}`, () => {
      const copy = { ...results, failures: [], pending: [] };
      assert.equal(judgeMocha(copy, endedWell, 'here').failures.length, 1);
    });
  }
});
