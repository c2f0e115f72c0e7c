import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.ts';
import {
  type Finished,
  type ProcessOptions,
  type RunningProcess,
  runProcess,
  startProcess,
} from '../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';

/** What is tested: the built command. */
export const bundle = process.env.CF_CLI_BUNDLE ?? join(repositoryRoot, 'dist/cf_cli.mjs');

export interface Result extends Finished {
  /** The one JSON document on stdout; throws if there is anything else. */
  json<T = Document>(): T;
}

/** A document of `--json`, as far as the tests look at it. */
export interface Document {
  readonly schema_version: number;
  readonly kind: string;
  readonly source: 'api' | 'csv';
  readonly stale_since?: string;
  readonly pending: number;
  readonly items: readonly Fields[];
  readonly item: Fields;
  readonly total: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string; readonly fields?: unknown };
}
export type Fields = Readonly<Record<string, unknown>>;

/** A person at a shell: a workspace folder and a state folder of their own, and the built command in real processes. */
export class Shell {
  readonly workspace: string;
  readonly stateHome: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(workspace: string, stateHome: string, env: Readonly<Record<string, string>> = {}) {
    if (!existsSync(bundle)) throw new Error(`${bundle} is not built: run "npm run build" first`);
    this.workspace = workspace;
    this.stateHome = stateHome;
    this.#env = env;
  }

  /** The same person with other settings. */
  with(env: Readonly<Record<string, string>>): Shell {
    return new Shell(this.workspace, this.stateHome, { ...this.#env, ...env });
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options: ProcessOptions = {}): Promise<Result> {
    const finished = await runProcess(process.execPath, [bundle, ...args], this.#options(options));
    return { ...finished, json: <T>() => JSON.parse(finished.stdout) as T };
  }

  start(args: readonly string[], options: ProcessOptions = {}): Promise<RunningProcess> {
    return startProcess(process.execPath, [bundle, ...args], this.#options(options));
  }

  /** Runs a command that must succeed. */
  async ok(...args: readonly string[]): Promise<Result> {
    const result = await this.run(args);
    if (result.code !== 0) throw new Error(`cf_cli ${args.join(' ')} exited ${result.code}\n${result.stderr}`);
    return result;
  }

  /** Runs a command with `--quiet` that must succeed. @returns the one id that it prints */
  async id(...args: readonly string[]): Promise<string> {
    return (await this.ok(...args, '--quiet')).stdout.trim();
  }

  get environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(DTM_|NO_COLOR$|FORCE_COLOR$)/.test(name));
    // The keychain of whoever runs the tests is none of their business.
    const ours = { DTM_STATE_HOME: this.stateHome, DTM_KEYRING: 'off', TZ: 'UTC' };
    return { ...Object.fromEntries(own), ...ours, ...this.#env };
  }

  #options(options: ProcessOptions): ProcessOptions {
    return { cwd: this.workspace, env: this.environment, ...options };
  }
}

/** Inside a `describe`: gives every test a shell in empty folders. */
export function useShell(): () => Shell {
  let shell: Shell | undefined;
  let folders: readonly string[] = [];
  beforeEach(async () => {
    folders = [await makeTemporaryFolder('cli-workspace'), await makeTemporaryFolder('cli-state')];
    shell = new Shell(folders[0]!, folders[1]!);
  });
  afterEach(async () => {
    for (const folder of folders) await removeTemporaryFolder(folder);
    shell = undefined;
  });
  return () => {
    if (!shell) throw new Error('The shell exists only while a test runs');
    return shell;
  };
}
