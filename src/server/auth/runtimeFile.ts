import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeFile } from '../../api/auth.ts';
import { writePrivateFile } from './secrets.ts';

/**
 * Tells the programs of this user where the server is and the secret of this start (`servers/<port>.json`, 0600).
 * @returns what removes the file, unless another server has replaced it
 */
export function writeRuntimeFile(stateHome: string, port: number, content: RuntimeFile): () => void {
  const folder = join(stateHome, 'servers');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${port}.json`);
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  writePrivateFile(file, text);
  return () => {
    if (readOrEmpty(file) === text) rmSync(file, { force: true });
  };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
