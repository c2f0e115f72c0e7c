import assert from 'node:assert/strict';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { createProject, csvLines, until, waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

describe('what goes wrong, in the packaged extension', function () {
  this.timeout(120_000);
  const editor = useEditor();
  let server: DtmServer;
  before(async () => {
    server = await startDtmServer();
  });
  after(() => server.dispose());

  it('leaves a folder that was only opened as it was', async () => {
    const { workbench, folder } = editor();
    await workbench.openContainer('DTM');
    await workbench.view('Projects').welcomeText();
    await waitForStatus(workbench, /only on this machine/);
    assert.deepEqual(await readdir(folder), ['.vscode']);
  });

  it('keeps the box open after a wrong password, and says what is wrong', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    await workbench.runCommand('DTM: Connect to a Server…');
    await quickInput.enter(server.origin);
    await quickInput.waitForTitle('Sign In to');
    await quickInput.enter(server.username);
    await quickInput.waitForMessage('Password of');
    await quickInput.enter('not the password');
    await quickInput.waitForMessage(/password/i);
    await until(
      () => quickInput.widget.innerText(),
      (text) => /wrong|not right|incorrect/i.test(text),
    );
    await workbench.screenshot('12-wrong-password');
    await quickInput.escape();
    await waitForStatus(workbench, /only on this machine/);
    assert.deepEqual(await workbench.notifications.texts(), []);
  });

  it('says where nothing answers, with what to do', async () => {
    const { workbench } = editor();
    await workbench.runCommand('DTM: Connect to a Server…');
    await workbench.quickInput.enter('http://127.0.0.1:9');
    // Nobody is asked for a password for a server that is not there.
    await workbench.notifications.waitFor(/cannot be reached.*Check that a DTM server runs/);
    await workbench.notifications.dismiss(/cannot be reached/);
  });

  it('changes nothing when Escape ends a question in the middle', async () => {
    const { workbench, folder } = editor();
    const { quickInput } = workbench;
    await workbench.runCommand('DTM: Create Project…');
    await quickInput.enter('Never made');
    await quickInput.waitForMessage('What is it for?');
    await quickInput.escape();
    await createProject(workbench, 'Website');
    await workbench.view('Projects').waitForRow('Website');
    assert.deepEqual(await workbench.view('Projects').labels(), ['Website']);
    assert.equal(
      (
        await until(
          () => csvLines(folder, 'projects.csv', 'Website'),
          (lines) => lines.length === 1,
        )
      ).length,
      1,
    );
    assert.deepEqual(await csvLines(folder, 'projects.csv', 'Never made'), []);
  });

  it('creates a task by keyboard alone', async () => {
    const { workbench } = editor();
    const { keyboard } = workbench.page;
    await keyboard.press('F1');
    await workbench.quickInput.input.waitFor();
    await keyboard.type('DTM: Create Task');
    await workbench.quickInput.widget.locator('.monaco-list-row').first().waitFor();
    await keyboard.press('Enter');
    await workbench.quickInput.waitForTitle('Create Task');
    await keyboard.type('Typed, never clicked');
    await keyboard.press('Enter');
    await workbench.quickInput.widget.locator('.monaco-list-row').first().waitFor();
    await keyboard.press('Enter');
    await workbench.view('Tasks').waitForRow('Typed, never clicked');
  });

  it('opens the details once at a double click, and changes nothing', async () => {
    const { workbench, folder } = editor();
    const before = await until(
      () => csvLines(folder, 'tasks.csv', 'Typed, never clicked'),
      (lines) => lines.length === 1,
    );
    await workbench.view('Tasks').row('Typed, never clicked').dblclick();
    const tabs = workbench.page.locator('.tabs-container .tab');
    await tabs.first().waitFor();
    assert.equal(await tabs.count(), 1);
    const details = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await details.getByRole('heading', { name: 'Typed, never clicked' }).waitFor();
    await workbench.screenshot('13-details');
    assert.deepEqual(await csvLines(folder, 'tasks.csv', 'Typed, never clicked'), before);
  });

  it('follows a change in the details, and restores them after a reload', async () => {
    const { workbench } = editor();
    const details = () => workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await details().getByText('Set Status…').click();
    await workbench.quickInput.waitForTitle('Set Status');
    await workbench.quickInput.pick('Ready');
    await details().locator('vscode-badge').filter({ hasText: 'Ready' }).waitFor();
    await workbench.reload();
    await details().getByRole('heading', { name: 'Typed, never clicked' }).waitFor({ timeout: 30_000 });
    await workbench.setTheme('light');
    await workbench.screenshot('14-details-light');
    await workbench.setTheme('dark');
  });

  it('tells once of a damaged CSV file, leaves it alone, and puts it right on request', async () => {
    const { workbench, folder } = editor();
    const file = join(folder, '.dtm/tasks.csv');
    await access(file);
    await writeFile(file, 'id,title\n"never closed');
    await createProject(workbench, 'Second');
    await workbench.notifications.waitFor(/tasks\.csv/);
    await workbench.screenshot('15-damaged-csv');
    assert.equal((await workbench.notifications.texts()).length, 1);
    assert.equal(await readFile(file, 'utf8'), 'id,title\n"never closed');
    await workbench.notifications.click(/tasks\.csv/, 'Rewrite CSV Files');
    const lines = () => csvLines(folder, 'tasks.csv', 'Typed, never clicked');
    assert.equal((await until(lines, (found) => found.length === 1)).length, 1);
  });

  it('shows what is wrong in an edited CSV file where it stands, and takes the rest in', async () => {
    const { workbench, folder } = editor();
    const file = join(folder, '.dtm/tasks.csv');
    const edit = async (change: (text: string) => string) => writeFile(file, change(await readFile(file, 'utf8')));
    await edit((text) => text.replace(/(Typed, never clicked"?,.*?),p2,/, '$1,urgent,'));
    await workbench.notifications.waitFor(/priority must be one of p0, p1, p2, p3/);
    await workbench.notifications.click(/priority must be one of/, 'Open File');
    await workbench.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = workbench.page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'priority must be' });
    await problem.waitFor();
    await workbench.view('Sync').waitForRow('priority must be one of p0, p1, p2, p3');
    await workbench.screenshot('18-csv-problem');
    await workbench.setTheme('light');
    await workbench.screenshot('19-csv-problem-light');
    await workbench.setTheme('dark');
    await edit((text) => text.replace(',urgent,', ',P0,').replace('Typed, never clicked', 'Typed, then edited'));
    await problem.waitFor({ state: 'detached' });
    await workbench.view('Tasks').waitForRow('Typed, then edited');
    await until(
      () => csvLines(folder, 'tasks.csv', 'Typed, then edited'),
      (lines) => lines.length === 1 && / ?,p0,/.test(lines[0] ?? ''),
    );
  });

  it('asks what is to become of rows that are gone', async () => {
    const { workbench, folder } = editor();
    const file = join(folder, '.dtm/tasks.csv');
    const without = async () =>
      writeFile(file, (await readFile(file, 'utf8')).replace(/^T-.*Typed, then edited.*\n/m, ''));
    await without();
    await workbench.notifications.waitFor(/Typed, then edited.*is gone from the CSV files; nothing was deleted/);
    await workbench.screenshot('20-csv-rows-gone');
    await workbench.notifications.click(/is gone from the CSV files/, 'Write Back');
    await until(
      () => csvLines(folder, 'tasks.csv', 'Typed, then edited'),
      (lines) => lines.length === 1,
    );
    await without();
    await workbench.notifications.waitFor(/is gone from the CSV files/);
    await workbench.runCommand('DTM: Decide About CSV Edits…');
    await workbench.quickInput.pick('Delete the Entry…');
    await workbench.notifications.answerDialog('Delete what is gone', 'Delete');
    await until(
      () => workbench.view('Tasks').labels(),
      (labels) => !labels.includes('Typed, then edited'),
    );
  });

  it('shows the personal workspace where no folder is open, says so, and works', async () => {
    const { workbench, server: vscode } = editor();
    await workbench.page.goto(`${vscode.url}/?ew=true`);
    await workbench.openContainer('DTM');
    const projects = workbench.view('Projects');
    assert.match(await projects.welcomeText(), /No folder is open, so this is your personal workspace/);
    await projects.pane.locator('.pane-header').getByText('personal workspace').waitFor();
    assert.match(await workbench.view('Tasks').welcomeText(), /Create Task/);
    await workbench.runCommand('DTM: Create Task…');
    await workbench.quickInput.waitForTitle('Create Task');
    await workbench.quickInput.enter('Call Ana');
    await projects.waitForRow('Inbox');
    await workbench.notifications.waitFor('“Inbox” was made for it');
    await workbench.screenshot('17-no-folder');
  });
});
