import { execFile } from 'node:child_process';
import { isBuiltin } from 'node:module';
import { delimiter, join } from 'node:path';
import { DtmError } from '../../core/errors.ts';

/** A program that can run the server: its path, and what its environment needs. */
export interface NodeRuntime {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const needed = [22, 13] as const;
const askMs = 5_000;

/**
 * The runtime for a local server: the editor's own where it has an embedded database, else a new enough `node` on the
 * PATH.
 * @throws DtmError `configuration` where there is neither
 */
export async function findRuntime(environment: NodeJS.ProcessEnv): Promise<NodeRuntime> {
  if (isBuiltin('node:sqlite')) return { path: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
  for (const path of nodesOnPath(environment)) {
    const version = await versionOf(path);
    if (version !== undefined && isNewEnough(version)) return { path, env: {} };
  }
  throw new DtmError('configuration', 'there is nothing on this machine that can run the DTM server', {
    hint: `Update the editor, or install Node.js ${needed.join('.')} or later and put it on the PATH. Work goes on in the CSV files meanwhile.`,
  });
}

function nodesOnPath(environment: NodeJS.ProcessEnv): string[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name));
}

/** Never through a shell: the PATH is not ours. */
function versionOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: askMs, windowsHide: true }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim());
    });
  });
}

/** @param version as `node --version` prints it */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = /^v(\d+)\.(\d+)\./.exec(version)?.slice(1).map(Number) ?? [];
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}
