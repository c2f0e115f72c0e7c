import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { Workbench } from '../support/workbench.ts';
import { createProject, createTask, csvLines, until } from './actions.ts';
import { useEditor } from './editor.ts';

const rounds = 3;

/** The extension hosts that the VS Code server with this process id runs. */
async function extensionHosts(serverPid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const hosts: number[] = [];
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    if (parent === serverPid && command.includes('--type=extensionHost')) hosts.push(pid);
  }
  return hosts;
}

describe('an extension host that is killed in the middle of writes', function () {
  this.timeout(180_000);
  const editor = useEditor();

  it(`loses nothing that was acknowledged, ${rounds} times`, async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: finding the extension host needs /proc');
      this.skip();
    }
    const { workbench, server, folder } = editor();
    await workbench.openContainer('DTM');
    await createProject(workbench, 'Website');
    const acknowledged: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (let i = 1; i <= 3; i++) acknowledged.push(await writeOne(workbench, `Round ${round} task ${i}`));
      await killWhileWriting(workbench, server.pid);
      await workbench.reload();
      await workbench.openContainer('DTM');
      await workbench.view('Tasks').waitForRow('Round 1 task 1');
      await writeOne(workbench, `After kill ${round}`);
      await until(
        () => csvLines(folder, 'tasks.csv', `After kill ${round}`),
        (lines) => lines.length === 1,
      );
      for (const title of acknowledged) {
        assert.equal((await csvLines(folder, 'tasks.csv', `,${title},`)).length, 1, title);
      }
    }
    console.log(`      kills: ${rounds}, acknowledged: ${acknowledged.length}, lost: 0, doubled: 0`);
  });
});

/** @returns the title, once the editor shows the task: that is the acknowledgement */
async function writeOne(workbench: Workbench, title: string): Promise<string> {
  await createTask(workbench, title, 'Backlog');
  await workbench.view('Tasks').waitForRow(title);
  return title;
}

/** The kill falls between the Enter of a further task and its acknowledgement. */
async function killWhileWriting({ page, quickInput }: Workbench, serverPid: number): Promise<void> {
  const hosts = await extensionHosts(serverPid);
  assert.ok(hosts.length > 0, 'no extension host was found');
  await quickInput.runCommand('DTM: Create Task…');
  await quickInput.enter('Perhaps there, perhaps not');
  await quickInput.widget.locator('.monaco-list-row').first().waitFor();
  await page.keyboard.press('Enter');
  for (const host of hosts) process.kill(host, 'SIGKILL');
  const isGone = (pids: readonly number[]) => !pids.some((pid) => hosts.includes(pid));
  await until(() => extensionHosts(serverPid), isGone);
}
