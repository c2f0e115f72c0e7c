import type { Colors } from './colors.ts';
import { oneLine } from './plainText.ts';

/** Names and values, a line each, the values below each other. */
export function keyValueLines(pairs: readonly (readonly [string, string])[], colors: Colors): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${oneLine(value)}`).join('\n');
}
