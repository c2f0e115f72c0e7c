import { CommanderError } from 'commander';
import { DtmError, systemCode } from '../core/errors.ts';
import { systemSurroundings } from './environment.ts';
import { exitCodeOf } from './output/exitCodes.ts';
import { flushOutput, processOutput, tolerateClosedReaders } from './output/processOutput.ts';
import type { Runtime } from './perform.ts';
import { buildProgram } from './program.ts';
import { usageError } from './usage.ts';

/** Runs a command line and ends the process with its exit code once everything printed has left. */
export async function runToEnd(args: readonly string[]): Promise<never> {
  tolerateClosedReaders();
  const code = await run(args);
  await flushOutput();
  process.exit(code);
}

/** @returns the exit code */
async function run(args: readonly string[]): Promise<number> {
  const runtime: Runtime = { exitCode: 0 };
  try {
    const program = await buildProgram(args, runtime);
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
    return runtime.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return report(thrown, args);
  }
}

async function report(thrown: unknown, args: readonly string[]): Promise<number> {
  const error = await inOptionNames(await inOverrides(presentable(thrown)));
  const has = (option: string) => args.includes(option);
  const output = processOutput(has('--json') ? 'json' : 'table', systemSurroundings(), !has('--no-color'));
  const stack = has('--verbose') ? stackOf(thrown) : undefined;
  output.error(error, { document: true, stack });
  return exitCodeOf(error.code);
}

/** Whatever was thrown, as an error with a code and a hint. */
export function presentable(thrown: unknown): DtmError {
  if (thrown instanceof DtmError) return thrown;
  if (thrown instanceof CommanderError) return usageError(thrown);
  const code = systemCode(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code !== undefined && cannotWriteCodes.has(code)) {
    return new DtmError('cannot-write', message, {
      cause: thrown,
      hint: 'Free some space or make the folder writable, and repeat the command.',
    });
  }
  return new DtmError('internal', `unexpected: ${message}`, {
    cause: thrown,
    hint: 'Run the command again with --verbose and report what it prints.',
  });
}

async function inOverrides(error: DtmError): Promise<DtmError> {
  if (error.code !== 'gate-blocked') return error;
  const { withOverrideHint } = await import('./gateOptions.ts');
  return withOverrideHint(error);
}

/** Names fields as the person writes them: `--blocked-reason`, not `blocked_reason`. */
async function inOptionNames(error: DtmError): Promise<DtmError> {
  if (error.hint === undefined || error.fields.length === 0) return error;
  const { withOptionNames } = await import('./fieldOptions.ts');
  const { code, message, cause, fields, details } = error;
  return new DtmError(code, message, { cause, fields, details, hint: withOptionNames(error.hint) });
}

const cannotWriteCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG']);

function stackOf(thrown: unknown): string | undefined {
  // A wrong command line needs no stack, and the complaint quotes it: a password might stand there.
  if (!(thrown instanceof Error) || thrown instanceof CommanderError) return undefined;
  const cause = thrown.cause instanceof Error ? `\ncaused by ${thrown.cause.stack ?? thrown.cause.message}` : '';
  return `${thrown.stack ?? thrown.message}${cause}`;
}
