import type { Logger } from '../core/ports.ts';
import type { Output } from './output/output.ts';

type Level = keyof Logger;

/** Events as lines on stderr with `--verbose`; nothing otherwise: what a person must know is an error or a notice. */
export function stderrLogger(verbose: boolean, output: Output): Logger {
  const log =
    (level: Level) =>
    (event: string, facts: Readonly<Record<string, unknown>> = {}): void => {
      if (verbose) output.trace(`${level} ${event} ${JSON.stringify(facts, showErrors)}`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function showErrors(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
