import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { Workbench } from '../support/workbench.ts';
import { createProject, createTask, listOnServer, signInAndConnect, until, waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

describe('secrets that are gone, in the packaged extension', function () {
  this.timeout(120_000);
  let server: DtmServer;
  before(async () => {
    server = await startDtmServer();
  });
  after(() => server.dispose());
  const editor = useEditor();

  it('sign the person out and lose nothing; after signing in everything goes on', async () => {
    const { workbench, browser, server: vscode, folder } = editor();
    await workbench.openContainer('DTM');
    await signInAndConnect(workbench, server);
    await createProject(workbench, 'Website');
    await until(
      () => listOnServer(server, 'projects'),
      (projects) => projects.length === 1,
    );
    await workbench.page.goto('about:blank');
    // Another browser profile is a machine whose keychain has lost everything.
    const afterwards = await Workbench.open(browser, vscode, folder);
    await afterwards.openContainer('DTM');
    await afterwards.view('Projects').waitForRow('Website');
    await waitForStatus(afterwards, /signed out/);
    await createTask(afterwards, 'Written while signed out', 'Backlog');
    await waitForStatus(afterwards, /signed out, 1 change waits/);
    await afterwards.screenshot('16-signed-out');
    await afterwards.runCommand('DTM: Sign In…');
    await afterwards.quickInput.waitForTitle('Sign In to');
    await afterwards.quickInput.enter(server.username);
    await afterwards.quickInput.waitForMessage('Password of');
    await afterwards.quickInput.enter(server.password);
    await waitForStatus(afterwards, /online/);
    await until(
      () => listOnServer(server, 'tasks'),
      (tasks) => tasks.length === 1,
    );
    await afterwards.close();
  });
});
