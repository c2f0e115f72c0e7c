import type { TestFailure } from './results.ts';

export type SuiteResult = {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  /** The titles of the tests that did not run. */
  readonly pending: readonly string[];
  readonly seconds: number;
};

/** Everything that is printed after the last suite: failures again, what was skipped, the table, the last line. */
export function summarize(results: readonly SuiteResult[]): string {
  const parts = [...results.flatMap(failureTexts), ...results.flatMap(skippedTexts), table(results), lastLine(results)];
  return parts.join('\n\n');
}

/** `N passed, N failed`, and what was skipped if anything was. */
export function lastLine(results: readonly SuiteResult[]): string {
  const { passed, failed, pending } = totals(results);
  return `${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`;
}

/** A run in which nothing passed has shown nothing, so it is no success either. */
export function isSuccess(results: readonly SuiteResult[]): boolean {
  const { passed, failed } = totals(results);
  return failed === 0 && passed > 0;
}

function totals(results: readonly SuiteResult[]): { passed: number; failed: number; pending: number } {
  const sum = (count: (result: SuiteResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum((result) => result.passed),
    failed: sum((result) => result.failures.length),
    pending: sum((result) => result.pending.length),
  };
}

const failureTexts = ({ name, failures }: SuiteResult): string[] =>
  failures.map(({ title, message }) => `FAILED ${name}: ${title}\n${message.replace(/^/gm, '  ')}`);

const skippedTexts = ({ name, pending }: SuiteResult): string[] => pending.map((title) => `SKIPPED ${name}: ${title}`);

function table(results: readonly SuiteResult[]): string {
  const rows = results.map(({ name, passed, failures, pending, seconds }) =>
    row(name, passed, failures.length, pending.length, seconds.toFixed(1)),
  );
  return [row('suite', 'passed', 'failed', 'pending', 'seconds'), ...rows].join('\n');
}

const row = (name: string, ...figures: readonly (string | number)[]): string =>
  name.padEnd(12) + figures.map((figure) => String(figure).padStart(9)).join('');
