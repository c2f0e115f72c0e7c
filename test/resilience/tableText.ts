import { DtmError, type ErrorCode } from '../../src/core/errors.ts';
import { connectionAfter } from '../../src/workspace/connectionState.ts';
import type { Seen } from './cell.ts';
import { operationNames } from './operations.ts';
import type { Row } from './rows.ts';

const short: Partial<Record<string, string>> = {
  ok: 'ok',
  offline: 'off',
  timeout: 'time',
  incompatible: 'inc',
  'bad-answer': 'bad',
  'too-large': 'big',
  'token-expired': 'exp',
  unauthenticated: 'out',
  forbidden: 'forb',
  'not-found': 'none',
  'illegal-transition': 'ill',
  'version-mismatch': 'ver',
  validation: 'val',
  'rate-limited': 'rate',
  internal: 'int',
  unavailable: 'unav',
  overloaded: 'over',
};

/** The table in 80 columns: what came of it, how many requests arrived, and marks. */
export function tableText(rows: readonly Row[], results: ReadonlyMap<string, Seen>): string {
  const cell = (seen: Seen | undefined) => {
    if (!seen) return '?';
    const marks = `${seen.effects > 0 ? '+' : ''}${seen.opens ? '!' : ''}${seen.wrong.length > 0 ? 'X' : ''}`;
    return `${short[seen.outcome] ?? seen.outcome}${seen.attempts}${marks}`;
  };
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(17).slice(0, 17)}${cells.map((text) => ` ${text.slice(0, 6).padEnd(6)}`).join('')}`.trimEnd();
  const body = rows.map((row, index) =>
    line(
      row.name,
      operationNames.map((name) => cell(results.get(`${index} ${name}`))),
    ),
  );
  const words = Object.entries(short).map(([code, word]) => `${word} ${code}`);
  const legend = [
    'number: requests that arrived; + took effect once; ! opens the circuit',
    ...[0, 5, 9, 13].map((from, part, starts) => words.slice(from, starts[part + 1]).join(', ')),
  ];
  return ['', line('', operationNames), ...body, ...legend, ''].join('\n');
}

/** The state of the connection that the sync shows after such an outcome. */
export function stateAfter(outcome: ErrorCode | 'ok'): string {
  return outcome === 'ok' ? 'online' : connectionAfter(new DtmError(outcome, outcome));
}
