// Shows that the tests bite: makes each mistake of breakages.ts in a copy of the sources and wants a test to fail.
// `npm run test:teeth [part of a name]`
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.ts';
import { startProcess } from '../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { type Breakage, breakages } from './breakages.ts';

const copied = ['src', 'test', 'package.json', 'tsconfig.json', 'dist', 'media'];
const limitMs = 240_000;
const wanted = process.argv[2] ?? '';

/** Runs the tests on a copy of everything. @returns whether they passed, and what they printed */
async function tried(
  { file, right, wrong, tests, only, env = {} }: Breakage,
  isBroken: boolean,
): Promise<[boolean, string]> {
  const folder = await makeTemporaryFolder('teeth');
  try {
    for (const name of copied) await cp(join(repositoryRoot, name), join(folder, name), { recursive: true });
    await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
    if (isBroken) await breakIn(join(folder, file), right, wrong);
    const mocha = join(repositoryRoot, 'node_modules/mocha/bin/mocha.js');
    const args = [mocha, '--timeout', '60000', '--bail', ...(only === undefined ? [] : ['--fgrep', only]), tests];
    const child = await startProcess(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      input: '',
    });
    // What hangs has caught nothing.
    const timer = setTimeout(() => void child.kill(), limitMs);
    const { code } = await child.exited;
    clearTimeout(timer);
    return [code === 0, child.stdout + child.stderr];
  } finally {
    await removeTemporaryFolder(folder);
  }
}

async function breakIn(path: string, right: string, wrong: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text.split(right).length !== 2) throw new Error(`${path} has not exactly one: ${right}`);
  await writeFile(
    path,
    text.replace(right, () => wrong),
  );
}

let missed = 0;
const unbroken = new Map<string, boolean>();
for (const breakage of breakages.filter(({ name }) => name.includes(wanted))) {
  const known = unbroken.get(breakage.tests) ?? (await tried(breakage, false))[0];
  unbroken.set(breakage.tests, known);
  const [passed, output] = await tried(breakage, true);
  const isCaught = known && !passed && /\b[1-9]\d* failing/.test(output);
  if (!isCaught) missed += 1;
  console.log(`${isCaught ? 'caught' : 'MISSED'}  ${breakage.name}  (${breakage.tests})`);
  if (!isCaught) console.log(known ? output.slice(-3_000) : 'the tests fail without it, too');
}
process.exitCode = missed === 0 ? 0 : 1;
