import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './paths.ts';
import { runProcess } from './processes.ts';
import { publishFolder } from './publishFolder.ts';

export type VscodeVersion = {
  /** As people write it, and as the suites are named. */
  readonly name: string;
  /** The npm package that carries the whole VS Code server. */
  readonly codeServer: string;
  /** The major version of Node that it needs, where it is not the one that runs the tests. */
  readonly node?: number;
};

/** The oldest VS Code of `engines.vscode` and the newest; both are tested. */
export const vscodeVersions = {
  floor: { name: '1.100', codeServer: '4.100.3', node: 20 },
  ceiling: { name: '1.139', codeServer: '4.139.1' },
} as const satisfies Record<string, VscodeVersion>;

export type VscodeInstallation = {
  /** The folder of the VS Code server, with `out/server-main.js`. */
  readonly folder: string;
  /** The Node that it runs on. */
  readonly node: string;
};

/** Installs a VS Code server from npm, the first time that it is wanted. */
export async function installVscode(version: VscodeVersion): Promise<VscodeInstallation> {
  const home = await publishFolder(join(cacheFolder, installationName(version)), (draft) => fill(draft, version));
  return {
    folder: join(home, 'node_modules/code-server/lib/vscode'),
    node: version.node === undefined ? process.execPath : join(home, nodeBinary()),
  };
}

const installationName = ({ codeServer, node }: VscodeVersion): string =>
  [`code-server-${codeServer}`, node === undefined ? '' : `node${node}`, process.platform, process.arch]
    .filter((part) => part !== '')
    .join('-');

async function fill(draft: string, version: VscodeVersion): Promise<void> {
  await writeFile(join(draft, 'package.json'), '{"private":true}');
  const node = version.node === undefined ? [] : [`${nodePackage()}@${version.node}`];
  await npmInstall(draft, [`code-server@${version.codeServer}`, ...node]);
  await npmInstall(join(draft, 'node_modules/code-server/lib/vscode'), ['--omit=dev']);
}

/** The scripts of code-server want a compiler and downloads, for native modules that no test needs. */
async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const fixed = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder];
  const windows = process.platform === 'win32';
  const [command, first] = windows ? ['cmd.exe', ['/c', 'npm']] : ['npm', []];
  const result = await runProcess(command, [...first, ...fixed, ...args], { cwd: folder });
  if (result.code === 0) return;
  throw new Error(`npm install ${args.join(' ')} failed (${result.code ?? result.signal}):\n${result.stderr}`);
}

const nodePackage = (): string => `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const nodeBinary = (): string =>
  join('node_modules', nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
