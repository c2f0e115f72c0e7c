import { join } from 'node:path';
import { readIfExists } from './files.ts';

/**
 * Reads what a running local server left for its own user: `<state home>/servers/<port>.json`.
 * @returns the parsed JSON, to be checked by the caller; undefined if there is none
 */
export async function readRuntimeFile(stateHome: string, origin: string): Promise<unknown> {
  const { port, protocol } = new URL(origin);
  const number = port || (protocol === 'https:' ? '443' : '80');
  const text = await readIfExists(join(stateHome, 'servers', `${number}.json`));
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Half written while the server starts: as good as not there yet.
    return undefined;
  }
}
