import { join } from 'node:path';
import type { DtmServer } from './dtmServer.ts';
import { repositoryRoot } from './paths.ts';
import { type Finished, type RunningProcess, runProcess, startProcess } from './processes.ts';

const cfCli = join(repositoryRoot, 'src/cli/main.ts');

/** Runs `cf_cli server …` on the data of a server, whether that runs or not; from the sources, as the server does. */
export function serverCommand(server: DtmServer, ...args: readonly string[]): Promise<Finished> {
  return runProcess(process.execPath, [cfCli, 'server', ...args], optionsOf(server));
}

/** Like {@link serverCommand}, but must succeed. @returns the `item` of its `--json` document */
export async function mustCommand<T>(server: DtmServer, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await serverCommand(server, ...args, '--json');
  if (code !== 0) throw new Error(`cf_cli server ${args.join(' ')} ended with ${code}\n${stderr}`);
  return (JSON.parse(stdout) as { item: T }).item;
}

/** Starts it without waiting for its end. */
export function startCommand(server: DtmServer, ...args: readonly string[]): Promise<RunningProcess> {
  return startProcess(process.execPath, [cfCli, 'server', ...args], { ...optionsOf(server), input: '' });
}

function optionsOf(server: DtmServer) {
  return { env: server.environment, cwd: server.stateHome };
}
