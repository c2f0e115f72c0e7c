// `npm start [-- FOLDER]`: builds, starts a DTM server and an editor with the extension, and stops both on Ctrl-C.
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { stateHome } from '../../src/core/stateHome.ts';
import { repositoryRoot } from './paths.ts';
import { type RunningProcess, runProcess, startProcess } from './processes.ts';
import { vscodeVersions } from './vscodeInstall.ts';
import { startVscodeServer } from './vscodeServer.ts';

const say = (text: string): void => console.log(text);
const home = join(stateHome({ env: process.env, platform: process.platform, home: homedir() }), 'start');
const workspace = resolve(process.argv[2] ?? join(home, 'workspace'));
const firstPort = 8000;
const lastPort = 8099;

const stopped = new Promise<void>((resolveStop) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolveStop());
});

async function must(what: string, args: readonly string[]): Promise<void> {
  const result = await runProcess(process.execPath, args, { cwd: repositoryRoot });
  if (result.code !== 0) throw new Error(`${what} failed:\n${result.stdout}${result.stderr}`);
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}

/** The first port from 8000 on which our server comes up; another program may take one between looking and starting. */
async function startDtmServer(): Promise<{ readonly server: RunningProcess; readonly origin: string }> {
  for (let port = firstPort; port <= lastPort; port++) {
    if (!(await isFree(port))) continue;
    const env = {
      ...process.env,
      DTM_PORT: String(port),
      DTM_DATA_DIR: join(home, 'server'),
      DTM_STOP_WITH_PARENT: '1',
    };
    const server = await startProcess(process.execPath, ['dist/server.mjs'], { cwd: repositoryRoot, env });
    const line = await server.waitForLine(/^DTM API listening on /).catch(() => undefined);
    const origin = line?.replace('DTM API listening on ', '');
    if (origin) return { server, origin };
    const { code } = await server.exited;
    if (code !== 69) throw new Error(`the DTM server did not start:\n${server.stderr}`);
  }
  throw new Error(`no port from ${firstPort} to ${lastPort} is free`);
}

function findOnPath(name: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((one) => join(folder, one)));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Opens the person's own VS Code in a window that loads the extension from here. */
async function openDesktop(code: string): Promise<() => Promise<void>> {
  await startProcess(code, [`--extensionDevelopmentPath=${repositoryRoot}`, '--new-window', workspace], { input: '' });
  say('VS Code opens with the extension in a new window.');
  return async () => {};
}

async function openInBrowser(): Promise<() => Promise<void>> {
  const vsix = join(home, 'dtm-vscode.vsix');
  await must('packaging the extension', ['test/support/package.ts', '--out', vsix]);
  say('Starting VS Code for the browser (the first time it is installed from npm, which takes a minute) …');
  const token = randomBytes(24).toString('base64url');
  const server = await startVscodeServer({
    version: vscodeVersions.ceiling,
    dataFolder: join(home, 'vscode-server'),
    connectionToken: token,
  });
  await server.installExtension(vsix);
  say(`\n  Open  ${server.url}/?tkn=${token}&folder=${encodeURIComponent(workspace)}\n`);
  say(
    '  The address works on this machine only. From another one, forward the port first, then open the same address:',
  );
  say(`    ssh -L ${server.port}:localhost:${server.port} YOU@THIS-MACHINE\n`);
  return () => server.stop();
}

async function main(): Promise<void> {
  say('Building …');
  await must('the build', ['esbuild.mjs']);
  await mkdir(workspace, { recursive: true });
  const { server, origin } = await startDtmServer();
  say(`DTM server: ${origin} (its data: ${join(home, 'server')})`);
  await must('binding the workspace', ['dist/cf_cli.mjs', '-C', workspace, 'bind', '--server', origin, '--yes']);
  const code = findOnPath('code');
  const closeEditor = code ? await openDesktop(code) : await openInBrowser();
  say('Ctrl-C stops everything.');
  await Promise.race([stopped, server.exited.then(() => say(`The DTM server ended by itself:\n${server.stderr}`))]);
  say('\nStopping …');
  await closeEditor();
  await server.stop('SIGTERM', 10_000);
}

await main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
