import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { extensions } from 'vscode';

/** The emulated TaskMan-v2 in a process of its own: the extension host's Node is older than its sources need. */
export async function startTaskmanProcess(): Promise<{ readonly origin: string; stop(): void }> {
  const root = extensions.getExtension('dtm.dtm-vscode')?.extensionPath ?? '';
  const node = join(root, 'node_modules/.bin/node');
  const args = [join(root, 'test/support/taskman/main.ts'), '--port', '0'];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const origin = / on (http:\S+)/.exec(line.toString())?.[1];
  if (origin === undefined) throw new Error(`TaskMan-v2 did not start: ${line.toString()}`);
  return { origin, stop: () => void child.kill() };
}
