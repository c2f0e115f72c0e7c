import assert from 'node:assert/strict';
import type { Result } from './cfCli.ts';

/** What every refusal must be: the exit code, `error:` and `hint:` lines, nothing on stdout, no stack trace. */
export function assertRefused(result: Result, code: number, message: RegExp, hint: RegExp): void {
  const context = `exit ${result.code}\nstdout: ${result.stdout}\nstderr: ${result.stderr}`;
  assert.equal(result.code, code, context);
  assert.match(lineOf(result.stderr, 'error:'), message, context);
  assert.match(lineOf(result.stderr, 'hint:'), hint, context);
  assert.equal(result.stdout, '', context);
  assertNoStack(result);
}

export function assertNoStack({ stdout, stderr }: Result): void {
  assert.doesNotMatch(stdout + stderr, /^\s+at .+:\d+|node:internal|\.mjs:\d+/m);
}

function lineOf(text: string, label: string): string {
  return text.split('\n').find((line) => line.startsWith(label)) ?? '';
}
