import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { repositoryRoot } from '../support/paths.ts';
import { runProcess } from '../support/processes.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { vscodeVersions } from '../support/vscodeInstall.ts';
import { startVscodeServer, type VscodeServer } from '../support/vscodeServer.ts';
import { Workbench } from '../support/workbench.ts';

/** The newest VS Code with the packaged extension in it, on an empty folder, as a person has it after installing. */
export interface Editor {
  readonly workbench: Workbench;
  readonly server: VscodeServer;
  readonly browser: Browser;
  /** The folder that is open. */
  readonly folder: string;
  /** Where the extension keeps the journal and the base image. */
  readonly stateHome: string;
}

export interface EditorOptions {
  /** Settings of the folder. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts things into the folder before it is opened. */
  readonly prepare?: (folder: string) => Promise<void>;
}

let packaged: Promise<string> | undefined;

/** The .vsix, made by `npm run package`, once for all the suites of this process. */
export function vsix(): Promise<string> {
  packaged ??= makePackage();
  return packaged;
}

async function makePackage(): Promise<string> {
  const given = process.env.DTM_TEST_VSIX;
  if (given) return given;
  const out = join(await makeTemporaryFolder('vsix'), 'dtm.vsix');
  const result = await runProcess('npm', ['run', 'package', '--', '--out', out], { cwd: repositoryRoot });
  if (result.code !== 0) throw new Error(`npm run package failed:\n${result.stdout}${result.stderr}`);
  return out;
}

/** Settings of scope machine-overridable are not taken from the user settings of a remote window, but from the folder. */
async function writeSettings(folder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(join(folder, '.vscode'));
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
}

/** Inside a `describe`: an editor for all its tests. */
export function useEditor(options: EditorOptions = {}): () => Editor {
  let editor: Editor | undefined;
  let browser: Browser | undefined;
  before(async function () {
    this.timeout(240_000);
    const folder = await makeTemporaryFolder('workspace');
    const stateHome = await makeTemporaryFolder('state');
    await writeSettings(folder, options.settings ?? {});
    await options.prepare?.(folder);
    const server = await startVscodeServer({
      version: vscodeVersions.ceiling,
      settings: { 'workbench.colorTheme': 'Default Dark Modern', 'workbench.reduceMotion': 'on' },
      env: { DTM_STATE_HOME: stateHome, ...options.env },
    });
    await server.installExtension(await vsix());
    browser = await launchBrowser();
    const workbench = await Workbench.open(browser, server, folder);
    editor = { workbench, server, browser, folder, stateHome };
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const name = this.currentTest.title.replace(/\W+/g, '-');
    await editor?.workbench.screenshot(`failed-${name}`);
  });
  after(async function () {
    this.timeout(60_000);
    await editor?.workbench.close();
    await browser?.close();
    await editor?.server.stop();
    for (const made of editor ? [editor.folder, editor.stateHome] : []) await removeTemporaryFolder(made);
  });
  return () => {
    if (!editor) throw new Error('The editor exists only while the tests of its suite run');
    return editor;
  };
}
