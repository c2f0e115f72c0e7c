import { repositoryRoot } from '../paths.ts';
import { runProcess } from '../processes.ts';
import type { TestFailure } from '../results.ts';
import type { Suite } from '../suites.ts';
import { measured } from './measured.ts';

/** A suite of tools of `node_modules/.bin`; each counts as one test, which passes when the tool exits with 0. */
export function checkSuite(name: string, tools: Readonly<Record<string, readonly [string, ...string[]]>>): Suite {
  const run = async () => {
    const failures: TestFailure[] = [];
    for (const [title, [tool, ...args]] of Object.entries(tools)) {
      const output = await failureOf(tool, args);
      console.log(`    ${output === undefined ? '✔' : '✘'} ${title}`);
      if (output !== undefined) failures.push({ title, message: output });
    }
    return { passed: Object.keys(tools).length - failures.length, failures, pending: [] };
  };
  return { name, run: () => measured(name, run) };
}

/** What a tool said when it failed, nothing when it passed. */
async function failureOf(tool: string, args: readonly string[]): Promise<string | undefined> {
  const { code, signal, stdout, stderr } = await runProcess(tool, args, { cwd: repositoryRoot });
  return code === 0 ? undefined : `${tool} ended with ${code ?? signal}\n${stdout}${stderr}`;
}
