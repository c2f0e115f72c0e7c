import assert from 'node:assert/strict';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { faults } from '../support/faultProxy/fault.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { createProject, createTask, listOnServer, signInAndConnect, until, waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

describe('a conflict, in the packaged extension', function () {
  this.timeout(120_000);
  let server: DtmServer;
  let proxy: FaultProxy;
  before(async () => {
    server = await startDtmServer();
    proxy = await startFaultProxy(server.port);
  });
  after(async () => {
    await proxy.close();
    await server.dispose();
  });
  const editor = useEditor();

  /** What somebody else changes on the server while this editor cannot reach it. */
  async function changedByOthers(change: Readonly<Record<string, unknown>>): Promise<void> {
    const [task] = await listOnServer(server, 'tasks');
    const response = await fetch(`${server.origin}/api/v1/tasks/${task?.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${await server.login()}`, 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify(change),
    });
    assert.equal(response.status, 200, await response.text());
  }

  it('appears when both sides changed the same field, and holds nothing else up', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    await workbench.openContainer('DTM');
    const { username, password } = server;
    await signInAndConnect(workbench, { origin: proxy.url, username, password });
    await waitForStatus(workbench, /online/);
    await createProject(workbench, 'Website');
    await createTask(workbench, 'Fix the login', 'Backlog');
    await until(
      () => listOnServer(server, 'tasks'),
      (tasks) => tasks.length === 1,
    );
    await proxy.set(faults.refuse);
    await waitForStatus(workbench, /offline/);
    await quickInput.runCommand('DTM: Edit…');
    await quickInput.pick('Fix the login');
    await quickInput.pick('Title');
    await quickInput.waitForMessage('Title (Press');
    await quickInput.enter('Fix the sign-in');
    await workbench.view('Projects').waitForRow('Fix the sign-in');
    await createTask(workbench, 'Written offline', 'Backlog');
    await createTask(workbench, 'Written by mistake', 'Backlog');
    await workbench.view('Sync').waitForDescription('Fix the sign-in', 'Title');
    await workbench.view('Sync').waitForDescription('Written by mistake', 'is created');
    await workbench.screenshot('47-waiting');
    await workbench.setTheme('light');
    await workbench.screenshot('48-waiting-light');
    await workbench.setTheme('dark');
    // A click on a row would show its details, and the focus would be there.
    await workbench.view('Projects').pane.locator('.monaco-list').focus();
    await workbench.page.keyboard.press('Control+z');
    await workbench.view('Projects').waitForNoRow('Written by mistake');
    await workbench.statusBar.item('Undid: Create task “Written by mistake”').waitFor();
    await workbench.view('Sync').waitForDescription('Written by mistake', 'is deleted');
    await workbench.screenshot('49-undone');
    await changedByOthers({ title: 'Repair the login', priority: 'p0' });
    await proxy.pass();
    await waitForStatus(workbench, /1 conflict/);
    await until(
      () => listOnServer(server, 'tasks'),
      (tasks) => tasks.some(({ title }) => title === 'Written offline'),
    );
    await workbench.view('Sync').waitForRow('Repair the login');
    await workbench.screenshot('50-conflict');
  });

  it('is compared and decided with the keyboard, and ends equal on both sides', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    await quickInput.runCommand('DTM: Resolve Conflicts…');
    await quickInput.waitForItem('Compare');
    await workbench.screenshot('51-conflict-choices');
    await quickInput.enter('Compare');
    await workbench.page.locator('.monaco-diff-editor').waitFor();
    await quickInput.waitForItem('Choose for Each Field…');
    await workbench.screenshot('52-conflict-compared');
    await quickInput.enter('Choose for Each Field');
    await quickInput.waitForItem('Mine');
    await workbench.screenshot('53-conflict-field');
    await quickInput.enter('Mine');
    await waitForStatus(workbench, /online/);
    const tasks = await listOnServer(server, 'tasks');
    const task = tasks.find(({ title }) => title === 'Fix the sign-in') as { priority?: string } | undefined;
    assert.equal(task?.priority, 'p0', 'what only the others changed stays');
  });

  it('asks where others deleted what was edited here, and brings it back with the keyboard', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    await proxy.set(faults.refuse);
    await waitForStatus(workbench, /offline/);
    await quickInput.runCommand('DTM: Edit…');
    await quickInput.enter('Fix the sign-in');
    await quickInput.waitForItem('Title');
    await quickInput.enter('Title');
    await quickInput.waitForMessage('Title (Press');
    await quickInput.enter('Fix it after all');
    await workbench.view('Projects').waitForRow('Fix it after all');
    const [task] = (await listOnServer(server, 'tasks')).filter(({ title }) => title === 'Fix the sign-in');
    const deleted = await fetch(`${server.origin}/api/v1/tasks/${task?.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await server.login()}` },
    });
    assert.ok(deleted.ok, String(deleted.status));
    await proxy.pass();
    await waitForStatus(workbench, /1 conflict/);
    await quickInput.runCommand('DTM: Resolve Conflicts…');
    await quickInput.waitForItem('Bring It Back');
    await workbench.screenshot('54-edited-and-deleted');
    await quickInput.enter('Bring It Back');
    await waitForStatus(workbench, /online/);
    await until(
      () => listOnServer(server, 'tasks'),
      (tasks) => tasks.some(({ title, id }) => title === 'Fix it after all' && id === task?.id),
    );
    await workbench.view('Projects').waitForRow('Fix it after all');
  });
});
