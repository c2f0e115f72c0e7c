import assert from 'node:assert/strict';
import { Workbench } from '../support/workbench.ts';
import { createProject, createTask, csvLines, until } from './actions.ts';
import { useEditor } from './editor.ts';

describe('two windows on one folder', function () {
  this.timeout(120_000);
  const editor = useEditor();
  let second: Workbench;
  before(async () => {
    second = await Workbench.open(editor().browser, editor().server, editor().folder);
    await editor().workbench.openContainer('DTM');
    await second.openContainer('DTM');
  });
  after(() => second.close());

  it('show each other at once what is done in one of them', async () => {
    const { workbench } = editor();
    await createProject(workbench, 'Shared');
    await second.view('Projects').waitForRow('Shared');
    await createTask(second, 'From the second window', 'Backlog');
    await workbench.view('Tasks').waitForRow('From the second window');
    await workbench.view('Tasks').toggleCheckbox('From the second window');
    await second.view('Projects').waitForChecked('From the second window', true);
  });

  it('go on when the one that did the work for both is closed', async () => {
    const { workbench, folder } = editor();
    await second.close();
    await createTask(workbench, 'After one is gone', 'Backlog');
    const lines = await until(
      () => csvLines(folder, 'tasks.csv', 'After one is gone'),
      (found) => found.length === 1,
    );
    assert.equal(lines.length, 1);
    second = await Workbench.open(editor().browser, editor().server, folder);
    await second.openContainer('DTM');
    await second.view('Tasks').waitForRow('After one is gone');
    await workbench.page.goto('about:blank');
    await createTask(second, 'In the one that is left', 'Backlog');
    await until(
      () => csvLines(folder, 'tasks.csv', 'In the one that is left'),
      (found) => found.length === 1,
      15_000,
    );
  });
});
