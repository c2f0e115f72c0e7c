import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import { buildProgram } from '../../../src/cli/program.ts';
import { usageError } from '../../../src/cli/usage.ts';
import { DtmError } from '../../../src/core/errors.ts';

/** What a command line that cannot be understood is answered with. */
async function complaint(...args: string[]): Promise<DtmError> {
  const program = await buildProgram(args, { exitCode: 0 });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return usageError(error);
    if (error instanceof DtmError) return error;
    throw error;
  }
  throw new Error(`understood: ${args.join(' ')}`);
}

describe('a wrong command line', () => {
  const cases: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [['tsak', 'list'], /unknown command 'tsak'/, /Did you mean task/],
    [['task'], /incomplete/, /--help/],
    [['task', 'lits'], /unknown command 'lits'/, /Did you mean list/],
    [['task', 'upsert'], /unknown command 'upsert'/, /create.*update/],
    [['task', 'list', '--stauts', 'new'], /unknown option '--stauts'/, /Did you mean --status/],
    [['task', 'list', '--output-format', 'json'], /unknown option '--output-format'/, /--json/],
    [['task', 'show'], /missing required argument 'id'/, /--help/],
    [['task', 'create', 'Buy', 'milk'], /too many arguments/, /quotes/],
    [['task', 'list', '--json', '--csv'], /--json and --csv cannot be used together/, /one/],
    [['auth', 'login', '--password=hunter2'], /^unknown option '--password'$/, /--password-stdin/],
  ];
  for (const [args, message, hint] of cases) {
    it(`is explained: ${args.join(' ')}`, async () => {
      const error = await complaint(...args);
      assert.equal(error.code, 'usage');
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      assert.doesNotMatch(`${error.message} ${error.hint}`, /hunter2/);
    });
  }
});
