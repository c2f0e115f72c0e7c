import type { Command } from 'commander';
import type { GlobalOptions } from './globalOptions.ts';
import { Interrupt } from './interrupt.ts';
import { Invocation } from './invocation.ts';
import { ExitCode } from './output/exitCodes.ts';

/** What outlives the parsing of a command line: the exit code to end with. */
export interface Runtime {
  exitCode: number;
}

/** Does a command's work. @returns the exit code, 0 where it returns nothing */
export type Handler<O> = (
  call: Invocation,
  options: O,
  positionals: readonly string[],
) => Promise<number | undefined> | Promise<void>;

/**
 * The one wrapper around every command: gives it an invocation, ends it on Ctrl-C, and closes what it opened whatever
 * happens.
 */
export function perform<O extends object>(command: Command, runtime: Runtime, handler: Handler<O>): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<GlobalOptions & O>();
    const call = new Invocation(options);
    const interrupt = new Interrupt();
    try {
      const work = Promise.resolve(handler(call, options, command.args));
      runtime.exitCode = (await interrupt.orElse(work)) ?? ExitCode.ok;
    } finally {
      await call.close().finally(() => interrupt.dispose());
    }
  });
}
