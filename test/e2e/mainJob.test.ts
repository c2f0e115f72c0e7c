import assert from 'node:assert/strict';
import { type DtmServer, makeDtmServer } from '../support/dtmServer.ts';
import { freePort } from '../support/freePort.ts';
import { createProject, createTask, csvLines, listOnServer, statusItem, until, waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

const port = await freePort();

describe('the main job, in the packaged extension', function () {
  this.timeout(120_000);
  let server: DtmServer;
  before(async () => {
    server = await makeDtmServer({ port });
    await server.start();
  });
  after(() => server.dispose());
  const editor = useEditor({ settings: { 'dtm.server.url': `http://localhost:${port}` } });

  it('starts local, with views that say what to do', async () => {
    const { workbench } = editor();
    await workbench.openContainer('DTM');
    const text = await workbench.view('Projects').welcomeText();
    assert.match(text, /Create Project/);
    assert.match(text, /connect to a server/);
    await waitForStatus(workbench, /only on this machine/);
    await workbench.screenshot('01-welcome');
  });

  it('signs in with a password and connects the workspace after asking', async () => {
    const { workbench } = editor();
    const { quickInput, notifications } = workbench;
    await workbench.runCommand('DTM: Sign In…');
    await quickInput.waitForTitle(`Sign In to ${server.origin}`);
    await quickInput.enter(server.username);
    await quickInput.waitForMessage(`Password of ${server.username}`);
    await quickInput.type(server.password);
    await workbench.screenshot('02-sign-in');
    await quickInput.accept();
    await notifications.dialog('Connect this workspace').waitFor();
    await workbench.screenshot('03-connect');
    await notifications.answerDialog('Connect this workspace', 'Connect');
    await waitForStatus(workbench, /online/);
  });

  it('creates a project, a sprint in it and a task in the sprint', async () => {
    const { workbench } = editor();
    const { quickInput } = workbench;
    const projects = workbench.view('Projects');
    await createProject(workbench, 'Website');
    await projects.waitForRow('Website');
    await projects.contextMenu('Website', 'Create Sprint…');
    await quickInput.waitForTitle('Create Sprint');
    await quickInput.enter('Sprint 1');
    await quickInput.waitForMessage('On which day does it start?');
    await quickInput.accept();
    await quickInput.waitForMessage('On which day does it end?');
    await workbench.screenshot('04-sprint-dates');
    await quickInput.accept();
    await projects.waitForRow('Sprint 1');
    await projects.inlineAction('Sprint 1', 'Create Task…');
    await quickInput.waitForTitle('Create Task');
    await quickInput.enter('Fix the login');
    await projects.waitForRow('Fix the login');
  });

  it('shows them in every tree, and the server has them', async () => {
    const { workbench } = editor();
    assert.deepEqual(await workbench.view('Projects').labels(), ['Website', 'Sprint 1', 'Fix the login']);
    await workbench.view('Sprints').waitForRow('Fix the login');
    await workbench.view('Tasks').waitForRow('Fix the login');
    await workbench.screenshot('05-trees');
    const [project] = await listOnServer(server, 'projects');
    const [sprint] = await listOnServer(server, 'sprints');
    const [task] = await listOnServer(server, 'tasks');
    assert.equal(project?.name, 'Website');
    assert.equal(sprint?.project_id, project?.id);
    assert.deepEqual([task?.title, task?.project_id, task?.sprint_id], ['Fix the login', project?.id, sprint?.id]);
  });

  it('changes the status of the task', async () => {
    const { workbench } = editor();
    const projects = workbench.view('Projects');
    await projects.contextMenu('Fix the login', 'Set Status…');
    await workbench.quickInput.waitForTitle('Set Status');
    assert.deepEqual(await workbench.quickInput.labels(), ['Ready', 'Dropped']);
    await workbench.screenshot('06-set-status');
    await workbench.quickInput.pick('Ready');
    await projects.waitForDescription('Fix the login', 'ready');
    await until(
      () => listOnServer(server, 'tasks'),
      ([task]) => task?.status === 'ready',
    );
  });

  it('notices within 3 s that the server is gone', async () => {
    const { workbench } = editor();
    await server.stop();
    await waitForStatus(workbench, /offline/, 3_000);
    await workbench.screenshot('07-offline');
  });

  it('says in the hover of the status bar why, and offers at a click what makes sense', async () => {
    const { workbench } = editor();
    const hover = await workbench.statusBar.tooltip(statusItem);
    for (const part of ['DTM: offline', server.origin, 'admin', 'Sync Now']) assert.ok(hover.includes(part), hover);
    await workbench.screenshot('07-offline-hover');
    await workbench.statusBar.click(statusItem);
    await workbench.quickInput.waitForTitle('DTM: offline');
    const offered = await workbench.quickInput.labels();
    assert.deepEqual(offered.slice(0, 3), ['Sync Now', 'Start Local Server', 'Disconnect…']);
    await workbench.screenshot('07-offline-actions');
    await workbench.quickInput.escape();
  });

  it('creates and completes tasks offline, and they stand in the CSV file', async () => {
    const { workbench, folder } = editor();
    await createTask(workbench, 'Written offline', 'Sprint 1');
    await createTask(workbench, 'Done offline', 'Backlog');
    const projects = workbench.view('Projects');
    await projects.toggleCheckbox('Done offline');
    await projects.waitForChecked('Done offline', true);
    await until(
      () => csvLines(folder, 'tasks.csv', 'Written offline'),
      (lines) => lines.length === 1,
    );
    await until(
      () => csvLines(folder, 'tasks.csv', 'Done offline'),
      ([line]) => line?.includes(',done,') ?? false,
    );
    assert.match(await workbench.statusBar.text(statusItem), /DTM \d/);
    assert.deepEqual(await workbench.notifications.texts(), [], 'being offline pops nothing up');
    await workbench.screenshot('08-offline-work');
  });

  it('still has them after a reload', async () => {
    const { workbench } = editor();
    await workbench.reload();
    const projects = workbench.view('Projects');
    await projects.waitForRow('Written offline');
    await projects.waitForChecked('Done offline', true);
    await waitForStatus(workbench, /offline/);
    await workbench.screenshot('09-after-reload');
  });

  it('brings them to the server within 5 s of its return, exactly once', async () => {
    const { workbench } = editor();
    await server.start();
    await waitForStatus(workbench, /online/, 5_000);
    const tasks = await until(
      () => listOnServer(server, 'tasks'),
      (all) => all.length === 3,
      5_000,
    );
    const titles = tasks.map(({ title, status }) => `${title}: ${status}`).sort();
    assert.deepEqual(titles, ['Done offline: done', 'Fix the login: ready', 'Written offline: new']);
    await workbench.screenshot('10-online-again');
    await workbench.setTheme('light');
    await workbench.screenshot('11-online-again-light');
    await workbench.setTheme('dark');
  });
});
