import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type Mocha from 'mocha';

export type TestFailure = { readonly title: string; readonly message: string };

/** What mocha found, wherever it ran; `complete` is false when it did not reach its end. */
export type MochaResults = {
  complete: boolean;
  passed: number;
  failures: TestFailure[];
  /** The titles of the tests that did not run. */
  pending: string[];
};

/** The environment variable that tells a mocha run where to write its results. */
export const resultsVariable = 'DTM_TEST_RESULTS';

/** Keeps a JSON file up to date while the run goes on, so that a crash loses no result. */
export function recordResults(runner: Mocha.Runner, file: string): MochaResults {
  const results: MochaResults = { complete: false, passed: 0, failures: [], pending: [] };
  const save = (): void => writeFileSync(file, JSON.stringify(results, undefined, 2));
  mkdirSync(dirname(file), { recursive: true });
  runner.on('pass', () => {
    results.passed += 1;
    save();
  });
  runner.on('fail', (test: Mocha.Test, error: unknown) => {
    results.failures.push({ title: test.titlePath().join(' > '), message: describeError(error) });
    save();
  });
  runner.on('pending', (test: Mocha.Test) => {
    results.pending.push(test.titlePath().join(' > '));
    save();
  });
  runner.on('end', () => {
    results.complete = true;
    save();
  });
  save();
  return results;
}

/** The results in a file; those of a run that never began when there is none. */
export function readResults(file: string): MochaResults {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MochaResults;
  } catch {
    return { complete: false, passed: 0, failures: [], pending: [] };
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack = '' } = error;
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}
