import assert from 'node:assert/strict';
import { startLegacy } from '../support/legacy/legacy.ts';
import { startTaskman, type Taskman } from '../support/taskman/taskman.ts';
import { createProject, createTask, statusItem, until, waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

type Legacy = Awaited<ReturnType<typeof startLegacy>>;

describe('servers of other kinds, in the packaged extension', function () {
  this.timeout(120_000);
  let taskman: Taskman;
  let legacy: Legacy;
  before(async () => {
    taskman = await startTaskman({ database: 'postgres' });
    legacy = await startLegacy({ variant: 'v2' });
  });
  after(async () => {
    await taskman.stop();
    await legacy.stop();
  });
  const editor = useEditor();

  const taskOf = (title: string) => taskman.active.rows('tasks').find((row) => row.title === title);

  it('connects to TaskMan-v2 after saying what it is and what it cannot do', async () => {
    const { workbench } = editor();
    const { quickInput, notifications } = workbench;
    await workbench.openContainer('DTM');
    await quickInput.runCommand('DTM: Connect to a Server…');
    await quickInput.waitForTitle('Connect to a Server');
    await quickInput.enter(taskman.origin);
    await quickInput.waitForMessage('Nobody signs in to this server');
    await quickInput.enter('ana');
    const dialog = notifications.dialog('Connect this workspace');
    await dialog.waitFor();
    const text = (await dialog.textContent()) ?? '';
    for (const part of ['TaskMan-v2', 'Account: ana', 'Nobody signs in', 'Only in this workspace']) {
      assert.ok(text.includes(part), text);
    }
    await workbench.screenshot('40-taskman-connect');
    await notifications.answerDialog('Connect this workspace', 'Connect');
    await waitForStatus(workbench, /online/);
  });

  it('creates, edits and completes there', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    const projects = workbench.view('Projects');
    await createProject(workbench, 'Website');
    await projects.waitForRow('Website');
    await createTask(workbench, 'Fix the login', 'Backlog');
    await projects.waitForRow('Fix the login');
    await until(
      async () => taskOf('Fix the login'),
      (row) => row?.owner === 'ana',
    );
    await quickInput.runCommand('DTM: Edit…');
    await quickInput.pick('Fix the login');
    await quickInput.pick('Title');
    await quickInput.waitForMessage('Title (Press');
    await quickInput.enter('Fix the sign-in');
    await projects.waitForRow('Fix the sign-in');
    await until(
      async () => taskOf('Fix the sign-in'),
      (row) => row !== undefined,
    );
    await projects.toggleCheckbox('Fix the sign-in');
    await projects.waitForChecked('Fix the sign-in', true);
    await until(
      async () => taskOf('Fix the sign-in'),
      (row) => row?.status === 'done',
    );
    assert.equal(taskman.active.rows('tasks').length, 1);
  });

  it('names the kind of server and its limits in the hover, in both themes', async () => {
    const { workbench } = editor();
    const hover = await workbench.statusBar.tooltip(statusItem);
    for (const part of ['TaskMan-v2', 'ana', 'Limits', 'Nobody signs in', 'Due'])
      assert.ok(hover.includes(part), hover);
    await workbench.screenshot('41-taskman-hover');
    await workbench.setTheme('light');
    await workbench.statusBar.tooltip(statusItem);
    await workbench.screenshot('42-taskman-hover-light');
    await workbench.setTheme('dark');
  });

  it('imports from an older server, once', async () => {
    const { workbench } = editor();
    const { quickInput, notifications } = workbench;
    const importNow = async () => {
      await quickInput.runCommand('DTM: Import from a Server or a Folder…');
      await quickInput.waitForTitle('Import from a Server');
      await quickInput.enter(legacy.origin);
    };
    await importNow();
    await notifications.dialog('Import from').waitFor();
    await workbench.screenshot('43-legacy-import');
    await notifications.answerDialog('Import from', 'Import');
    await workbench.view('Tasks').waitForRow('Transform');
    await workbench.screenshot('44-legacy-imported');
    // The import goes on until everything has been sent, too.
    await until(
      async () => taskman.active.rows('tasks').length,
      (count) => count === 9,
      30_000,
    );
    await waitForStatus(workbench, /online/);
    await importNow();
    await until(
      () => notifications.texts(),
      (texts) => texts.some((text) => text.includes('is here already')),
    );
  });

  it('looks at an older server, and refuses to write there with a word on what to do', async () => {
    const { workbench } = editor();
    const { quickInput, notifications } = workbench;
    await quickInput.runCommand('DTM: Connect to a Server…');
    await quickInput.waitForTitle('Connect to a Server');
    await quickInput.enter(legacy.origin);
    await quickInput.waitForMessage('Nobody signs in to this server');
    await quickInput.enter('ana');
    await notifications.dialog('Connect this workspace').waitFor();
    await workbench.screenshot('45-legacy-connect');
    await notifications.answerDialog('Connect this workspace', 'Connect');
    await workbench.view('Tasks').waitForRow('Transform');
    await createProject(workbench, 'Not here');
    await notifications.waitFor(/only read/);
    await workbench.screenshot('46-legacy-refused');
    await workbench.view('Projects').waitForNoRow('Not here');
  });
});
