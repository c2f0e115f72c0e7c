import type { Command } from 'commander';
import { Option } from 'commander';
import type { ServerChoice } from '../app/binding.ts';
import { type Dialect, dialects } from '../core/dialect.ts';

/** What a person may say about a server instead of letting it be found out. */
export interface DialectOptions {
  readonly dialect: Dialect | 'auto';
  readonly account?: string;
}

export function addDialectOptions(command: Command): Command {
  const dialect = new Option('--dialect <kind>', 'what kind of server it is').choices(['auto', ...dialects]);
  return command
    .addOption(dialect.default('auto', 'auto: the server is asked'))
    .option(
      '--account <name>',
      'the account to act as (default: who signed in last; where nobody signs in, your name on this machine)',
    );
}

export function serverChoiceOf({ dialect, account }: DialectOptions): ServerChoice {
  return { dialect: dialect === 'auto' ? undefined : dialect, account };
}
