import assert from 'node:assert/strict';
import { appendFile, chmod, chown, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../support/processes.ts';
import { bundle, type Shell, useShell } from './cfCli.ts';
import { assertNoStack, assertRefused } from './expectations.ts';

const nobody = 65_534;

/** The journal segments of the only workspace in a state folder, oldest first. */
async function segments(cf: Shell): Promise<string[]> {
  const names = await readdir(cf.stateHome, { recursive: true });
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(cf.stateHome, name));
}

const titlesOf = async (cf: Shell) =>
  (await cf.ok('task', 'list', '--json'))
    .json()
    .items.map(({ title }) => String(title))
    .sort();

describe('cf_cli: damage', () => {
  const shell = useShell();

  it('leaves a damaged CSV file as it is, says so, and loses nothing', async () => {
    const cf = shell();
    await cf.ok('task', 'create', 'First');
    const csv = join(cf.workspace, '.dtm/tasks.csv');
    const damaged = `${(await readFile(csv, 'utf8')).slice(0, -40)}"never closed`;
    await writeFile(csv, damaged);
    const result = await cf.ok('task', 'create', 'Second');
    assert.match(result.stderr, /^warning: \.dtm\/tasks\.csv, line 2: .*\nhint: .+/m);
    assertNoStack(result);
    assert.equal(await readFile(csv, 'utf8'), damaged);
    assert.deepEqual(await titlesOf(cf), ['First', 'Second']);

    assert.match(result.stderr, /hint: .*cf_cli sync rewrite-csv/);
    const rewritten = (await cf.ok('sync', 'rewrite-csv', '--yes', '--json')).json().item;
    const [aside] = rewritten.set_aside as string[];
    assert.equal(await readFile(aside!, 'utf8'), damaged);
    assert.match(await readFile(csv, 'utf8'), /Second/);
  });

  it('puts a bad line of the journal aside, says so, and keeps the rest', async () => {
    const cf = shell();
    for (const title of ['First', 'Second', 'Third']) await cf.ok('task', 'create', title);
    const second = await segmentWith(cf, /"title":"Second"/);
    const text = await readFile(second, 'utf8');
    await writeFile(second, text.replace('"title":"Second"', '"title":"Sec0nd"'));
    const result = await cf.ok('task', 'list', '--json');
    assert.match(result.stderr, /^warning: .*journal.*\nhint: .+/im);
    const titles = result
      .json()
      .items.map(({ title }) => String(title))
      .sort();
    assert.deepEqual(
      titles.filter((title) => title !== 'Second'),
      ['First', 'Third'],
    );
    assertNoStack(result);
    await cf.ok('task', 'create', 'Fourth');
    assert.ok((await titlesOf(cf)).includes('Fourth'));
  });

  it('drops a torn last line of the journal and says so', async () => {
    const cf = shell();
    await cf.ok('task', 'create', 'First');
    const [segment] = (await segments(cf)).slice(-1);
    await appendFile(segment!, '{"type":"operation","lam');
    const result = await cf.ok('task', 'list', '--json');
    assert.deepEqual(
      result.json().items.map(({ title }) => title),
      ['First'],
    );
    assert.match(result.stderr, /^warning: .*\nhint: .+/m);
    assertNoStack(result);
  });

  it('says that nothing can be written where the state folder is read-only', async () => {
    const cf = shell();
    await cf.ok('task', 'create', 'First');
    const asRoot = process.getuid?.() === 0;
    const result = await asReader(cf, ['task', 'create', 'Second'], asRoot);
    assertRefused(result, 73, /cannot|write/i, /writable|permission|DTM_STATE_HOME/i);
    const reading = await asReader(cf, ['task', 'list', '--json'], asRoot);
    assert.equal(reading.code, 0, reading.stderr);
    assert.deepEqual(
      reading.json().items.map(({ title }) => title),
      ['First'],
    );
    await makeWritable(cf.stateHome);
    assert.deepEqual(await titlesOf(cf), ['First']);
  });

  it('keeps the change and says so where only the workspace folder is read-only', async () => {
    const cf = shell();
    const asRoot = process.getuid?.() === 0;
    if (asRoot) await makeOwned(cf.stateHome);
    await chmod(cf.workspace, 0o555);
    const result = await asUser(cf, ['task', 'create', 'Kept in the journal'], asRoot);
    await chmod(cf.workspace, 0o755);
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /^warning: .*\nhint: .*journal/m);
    assertNoStack(result);
    assert.deepEqual(await titlesOf(cf), ['Kept in the journal']);
  });
});

async function segmentWith(cf: Shell, pattern: RegExp): Promise<string> {
  for (const file of await segments(cf)) if (pattern.test(await readFile(file, 'utf8'))) return file;
  throw new Error(`No journal segment holds ${pattern}`);
}

/** Runs as someone who may read the folders and write none of them. */
async function asReader(cf: Shell, args: readonly string[], asRoot: boolean) {
  await makeReadOnly(cf.stateHome);
  await chmod(cf.workspace, 0o555);
  try {
    return await asUser(cf, args, asRoot);
  } finally {
    await chmod(cf.workspace, 0o755);
  }
}

/** Root may write everything: the test then runs the command as somebody else. */
async function asUser(cf: Shell, args: readonly string[], asRoot: boolean) {
  if (!asRoot) return cf.run(args);
  const script =
    'process.setgroups([]); process.setgid(+process.argv[1]); process.setuid(+process.argv[1]);' +
    'process.argv.splice(1, 1); await import("file://" + process.argv[1]);';
  const input = ['--input-type=module', '-e', script, String(nobody), bundle, ...args];
  const finished = await runProcess(process.execPath, input, { cwd: cf.workspace, env: cf.environment });
  return { ...finished, json: <T>() => JSON.parse(finished.stdout) as T };
}

async function eachEntry(folder: string, change: (path: string, isFolder: boolean) => Promise<void>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) await change(join(entry.parentPath, entry.name), entry.isDirectory());
  await change(folder, true);
}

const makeReadOnly = (folder: string) => eachEntry(folder, (path, isFolder) => chmod(path, isFolder ? 0o555 : 0o444));
const makeWritable = (folder: string) => eachEntry(folder, (path, isFolder) => chmod(path, isFolder ? 0o755 : 0o644));
const makeOwned = (folder: string) => eachEntry(folder, (path) => chown(path, nobody, nobody));
