import type { Command } from 'commander';
import { DtmError } from '../core/errors.ts';

/** Options that every command understands, before or after its name. */
export interface GlobalOptions {
  readonly directory?: string;
  readonly server?: string;
  readonly offline?: boolean;
  readonly requireOnline?: boolean;
  readonly requireSync?: boolean;
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly csv?: boolean;
  readonly quiet?: boolean;
  readonly fields?: string;
  readonly yes?: boolean;
  /** False with `--no-input`. */
  readonly input: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
  readonly verbose?: boolean;
}

/** Declares the global options on the program. */
export function addGlobalOptions(program: Command): void {
  program
    .option('-C, --directory <dir>', 'the workspace folder (default: the nearest parent with a .dtm, else here)')
    .option('--server <url>', 'the DTM server; binds a workspace that is still empty to it')
    .option('--offline', 'use the local state only, never ask the server')
    .option('--require-online', 'fail (exit 69) unless the server answered')
    .option('--require-sync', 'fail (exit 75) unless the change has arrived at the server')
    .option('--json', 'print one JSON document')
    .option('--ndjson', 'print one JSON object per line')
    .option('--csv', 'print CSV with a header row')
    .option('-q, --quiet', 'print ids only')
    .option('--fields <names>', 'print only these fields, separated by commas')
    .option('-y, --yes', 'answer every question with yes')
    .option('--no-input', 'never ask; fail instead')
    .option('--no-color', 'print without colours')
    .option('--verbose', 'print what happens, and where errors come from, to stderr');
}

/** How results are printed. */
export type Format = 'table' | 'json' | 'ndjson' | 'csv' | 'quiet';

/** @throws DtmError `usage` if two formats are asked for at once */
export function formatOf(options: GlobalOptions): Format {
  const chosen = (['json', 'ndjson', 'csv', 'quiet'] as const).filter((format) => options[format]);
  if (chosen.length <= 1) return chosen[0] ?? 'table';
  throw new DtmError('usage', `${chosen.map((format) => `--${format}`).join(' and ')} cannot be used together`, {
    hint: 'Choose one of them.',
  });
}
