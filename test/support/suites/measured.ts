import type { MochaResults, TestFailure } from '../results.ts';
import type { SuiteResult } from '../summary.ts';

type Outcome = Pick<SuiteResult, 'passed' | 'failures' | 'pending'>;

/** Runs a suite and takes its time; a suite that throws counts as one failure. */
export async function measured(name: string, run: () => Promise<Outcome>): Promise<SuiteResult> {
  const start = performance.now();
  const outcome = await run().catch((error: unknown) => crashed(error instanceof Error ? error.stack : String(error)));
  return { name, ...outcome, seconds: (performance.now() - start) / 1000 };
}

/**
 * What a mocha run counts for: one failure more when it did not reach its end, when it had no test, or when it ended
 * badly without saying what failed.
 */
export function judgeMocha(results: MochaResults, endedWell: boolean, whereToLook: string): Outcome {
  const failures = [...results.failures];
  if (!results.complete) failures.push(problem('The suite crashed or was stopped before its end', whereToLook));
  else if (results.passed + failures.length + results.pending.length === 0) {
    failures.push(problem('The suite has no test', whereToLook));
  } else if (!endedWell && failures.length === 0) {
    failures.push(problem('The suite ended with an error after its tests had passed', whereToLook));
  }
  return { passed: results.passed, failures, pending: results.pending };
}

const problem = (title: string, message: string): TestFailure => ({ title, message });

const crashed = (message = 'unknown error'): Outcome => ({
  passed: 0,
  failures: [problem('The suite could not be run', message)],
  pending: [],
});
