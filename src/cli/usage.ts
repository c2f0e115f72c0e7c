import type { CommanderError } from 'commander';
import { DtmError } from '../core/errors.ts';

/** Commands of earlier command-line tools, and what does their work now. */
const replacedOptions: Readonly<Record<string, string>> = {
  '--api': 'Leave it out: the server is used whenever it can be reached.',
  '--machine': 'Use --json: it prints one JSON document and nothing else.',
  '--output': 'Use --json, --ndjson or --csv.',
  '--output-format': 'Use --json, --ndjson or --csv.',
  '--password': 'Use --password-stdin: a password on the command line can be read by every user of this machine.',
};

const replacedCommands: Readonly<Record<string, string>> = {
  upsert: 'Use create for something new, update for something that is there.',
  search: 'Use list --search WORDS.',
  details: 'Use show.',
  current: 'Use: cf_cli sprint list --status active,in_progress',
  'status-counts': 'Use list with --status, and read the total of --json.',
  health: 'Use: cf_cli status',
  login: 'Use: cf_cli auth login',
  logout: 'Use: cf_cli auth logout',
};

/** Turns what commander complains about into an error with a hint. Never repeats the value of an option. */
export function usageError(error: CommanderError): DtmError {
  const [first = '', ...rest] = error.message.split('\n');
  if (error.code === 'commander.help') return incomplete();
  const message = first.replace(/^error: /, '').replace(/(--[\w-]+)=[^']*/, '$1');
  const option = /--[\w-]+/.exec(message)?.[0];
  const command = /command '([\w-]+)'/.exec(message)?.[1];
  const replacement = option ? replacedOptions[option] : replacedCommands[command ?? ''];
  const suggestion = rest.join(' ').replace(/^\(|\)$/g, '');
  return new DtmError('usage', message, { hint: replacement ?? hintOf(error, suggestion) });
}

function incomplete(): DtmError {
  return new DtmError('usage', 'the command is incomplete', { hint: 'Add --help to see what can follow.' });
}

function hintOf(error: CommanderError, suggestion: string): string {
  if (suggestion !== '') return suggestion;
  if (error.code === 'commander.excessArguments') return 'Put a text of several words in quotes.';
  return 'Add --help to see what the command takes.';
}
