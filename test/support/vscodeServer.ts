import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from './freePort.ts';
import { type RunningProcess, runProcess, startProcess } from './processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary.ts';
import { installVscode, type VscodeInstallation, type VscodeVersion } from './vscodeInstall.ts';

export type VscodeServerOptions = {
  readonly version: VscodeVersion;
  /** Added to the user settings that keep the workbench quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server, and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a page hear the extension host's console and exit code. The workbench then shows no notifications. */
  readonly testDriver?: boolean;
  /** Keeps the editor's data there; without it they are temporary. */
  readonly dataFolder?: string;
  /** Whoever opens the page must bring this; without it anybody on this machine may, which only tests want. */
  readonly connectionToken?: string;
};

export type VscodeServer = {
  readonly port: number;
  /** `http://localhost:…`, not an IP address: webviews work only in a secure context. */
  readonly url: string;
  readonly pid: number;
  /** What the server has printed. */
  output(): string;
  installExtension(vsix: string): Promise<void>;
  /** Ends the server with everything that it started, and removes its data. */
  stop(): Promise<void>;
};

/** A workbench in which nothing but what a test does opens, asks or downloads. */
const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
};

/** Starts a VS Code server with empty data of its own on a free port, and waits until it answers. */
export async function startVscodeServer(options: VscodeServerOptions): Promise<VscodeServer> {
  const installation = await installVscode(options.version);
  const data = options.dataFolder ?? (await makeTemporaryFolder('vscode'));
  await writeSettings(data, { ...quietSettings, ...options.settings });
  const port = await freePort();
  const server = await launch(installation, data, port, options);
  return {
    port,
    url: `http://localhost:${port}`,
    pid: server.pid,
    output: () => server.stdout + server.stderr,
    installExtension: (vsix) => installExtension(installation, data, vsix),
    stop: async () => {
      await server.stop();
      if (!options.dataFolder) await removeTemporaryFolder(data);
    },
  };
}

async function writeSettings(data: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = join(data, 'data/User');
  await mkdir(folder, { recursive: true });
  // Data that are kept may hold what the person has set since.
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2), { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}

async function launch(
  { node, folder }: VscodeInstallation,
  data: string,
  port: number,
  options: VscodeServerOptions,
): Promise<RunningProcess> {
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    ...(options.connectionToken ? ['--connection-token', options.connectionToken] : ['--without-connection-token']),
    ...common(data),
    '--telemetry-level',
    'off',
  ];
  const server = await startProcess(
    node,
    ['out/server-main.js', ...args, ...(options.testDriver ? ['--enable-smoke-test-driver'] : [])],
    { cwd: folder, env: { ...cleanEnvironment(), ...options.env } },
  );
  try {
    await server.waitForLine(/Web UI available at/, 60_000);
    return server;
  } catch (error) {
    await server.kill();
    if (!options.dataFolder) await removeTemporaryFolder(data);
    throw error;
  }
}

async function installExtension({ node, folder }: VscodeInstallation, data: string, vsix: string): Promise<void> {
  const args = ['out/server-main.js', ...common(data), '--install-extension', resolve(vsix)];
  const result = await runProcess(node, args, { cwd: folder, env: cleanEnvironment() });
  const output = result.stdout + result.stderr;
  if (result.code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`${vsix} could not be installed:\n${output}`);
  }
}

const common = (data: string): string[] => ['--server-data-dir', data, '--accept-server-license-terms'];

/** Without what a surrounding VS Code, npm or Node set for themselves. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$)/.test(name));
  return Object.fromEntries(kept);
}
