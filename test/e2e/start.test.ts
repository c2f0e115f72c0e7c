import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { repositoryRoot } from '../support/paths.ts';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { Workbench } from '../support/workbench.ts';
import { createProject, until, waitForStatus } from './actions.ts';

describe('npm start', function () {
  this.timeout(240_000);
  let home = '';
  let starter: RunningProcess;
  let browser: Browser;
  let workbench: Workbench;

  before(async () => {
    home = await makeTemporaryFolder('start');
    const { PATH = '' } = process.env;
    const env = { ...process.env, DTM_STATE_HOME: home, PATH: withoutCode(PATH) };
    starter = await startProcess(process.execPath, ['test/support/start.ts', join(home, 'workspace')], {
      cwd: repositoryRoot,
      env,
    });
    await starter.waitForLine(/Ctrl-C stops everything/, 200_000);
    browser = await launchBrowser();
  });
  after(async () => {
    await workbench?.close();
    await browser?.close();
    await starter.stop();
    await removeTemporaryFolder(home);
  });

  /** The browser's editor is what is tested, also where the machine has a desktop one. */
  function withoutCode(path: string): string {
    return path
      .split(':')
      .filter((folder) => !/vs ?code/i.test(folder))
      .join(':');
  }

  it('prints an address under which the extension is signed in and online', async () => {
    const address = /Open\s+(http:\S+)/.exec(starter.stdout)?.[1] ?? '';
    assert.match(address, /^http:\/\/localhost:\d+\/\?tkn=[\w-]{20,}&folder=/);
    workbench = await Workbench.openAddress(browser, address);
    await workbench.openContainer('DTM');
    await waitForStatus(workbench, /online/, 30_000);
    await workbench.screenshot('20-npm-start');
  });

  it('keeps the editor to those who have the address', async () => {
    const port = /Open\s+http:\/\/localhost:(\d+)/.exec(starter.stdout)?.[1];
    const answer = await fetch(`http://localhost:${port}/`);
    assert.equal(answer.status, 403);
  });

  it('works: a project that is created there is on the server', async () => {
    await createProject(workbench, 'First project');
    await workbench.view('Projects').waitForRow('First project');
    const listed = await until(
      () => cfCli('project', 'list', '--json', '--require-online'),
      (text) => text.includes('First project'),
    );
    assert.equal(JSON.parse(listed).source, 'api');
  });

  it('stops everything on Ctrl-C', async () => {
    const origin = /DTM server: (http:\S+)/.exec(starter.stdout)?.[1] ?? '';
    const status = await starter.stop('SIGINT', 30_000);
    assert.deepEqual(status, { code: 0, signal: null });
    await assert.rejects(fetch(origin), 'the server is gone');
  });

  async function cfCli(...args: readonly string[]): Promise<string> {
    const all = ['dist/cf_cli.mjs', '-C', join(home, 'workspace'), ...args];
    const child = await startProcess(process.execPath, all, {
      cwd: repositoryRoot,
      env: { ...process.env, DTM_STATE_HOME: home },
      input: '',
    });
    await child.exited;
    return child.stdout;
  }
});
