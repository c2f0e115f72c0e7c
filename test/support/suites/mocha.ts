import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot, resultsFolder } from '../paths.ts';
import { startProcess } from '../processes.ts';
import { readResults, resultsVariable } from '../results.ts';
import type { Suite } from '../suites.ts';
import { judgeMocha, measured } from './measured.ts';

/** The slowest single test, in milliseconds; a test that needs longer says so itself. */
const timeout = 30_000;

type MochaOptions = {
  /** Where the tests are, below `test`. Default: the name. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** A suite of mocha tests: every `test/<name>/**\/*.test.ts`, in a process of its own. */
export function mochaSuite(name: string, limitMs = 600_000, { folder = name, env = {} }: MochaOptions = {}): Suite {
  const run = async () => {
    const file = join(resultsFolder, `${name}.json`);
    await rm(file, { force: true });
    const endedWell = existsSync(join(repositoryRoot, 'test', folder)) && (await runMocha(folder, file, limitMs, env));
    return judgeMocha(readResults(file), endedWell, `Suite ${name}: test/${folder}/**/*.test.ts`);
  };
  return { name, run: () => measured(name, run) };
}

async function runMocha(folder: string, file: string, limitMs: number, env: NodeJS.ProcessEnv): Promise<boolean> {
  const mocha = join(repositoryRoot, 'node_modules/mocha/bin/mocha.js');
  const reporter = join(import.meta.dirname, '../reporter.ts');
  const args = ['--reporter', reporter, '--timeout', String(timeout), '--forbid-only', `test/${folder}/**/*.test.ts`];
  const child = await startProcess(process.execPath, [mocha, ...args], {
    cwd: repositoryRoot,
    env: { ...process.env, ...env, [resultsVariable]: file },
    input: '',
    onOutput: (text) => process.stdout.write(text),
  });
  const timer = setTimeout(() => void child.kill(), limitMs);
  const { code } = await child.exited;
  clearTimeout(timer);
  return code === 0;
}
