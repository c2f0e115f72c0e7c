import { delimiter, dirname, join } from 'node:path';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { createHostLog } from './hostLog.ts';
import { repositoryRoot, resultsFolder } from './paths.ts';
import { type MochaResults, readResults, resultsVariable } from './results.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary.ts';
import type { VscodeVersion } from './vscodeInstall.ts';
import { startVscodeServer, type VscodeServer } from './vscodeServer.ts';

export type HostSuiteOptions = {
  readonly version: VscodeVersion;
  /** The folder with the package.json of the extension. */
  readonly extensionFolder?: string;
  /** A CommonJS module that exports `run()`. */
  readonly testsModule?: string;
  /** The folder that the workbench opens; an empty one by default. */
  readonly workspace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

/** Runs a mocha module inside the extension host of a real VS Code, in the development mode of the extension. */
export async function runHostSuite(options: HostSuiteOptions): Promise<MochaResults> {
  const scratch = await makeTemporaryFolder('host');
  const resultsFile = join(scratch, 'results.json');
  const server = await startVscodeServer({
    version: options.version,
    testDriver: true,
    env: {
      [resultsVariable]: resultsFile,
      DTM_TEST_VSCODE: options.version.name,
      DTM_STATE_HOME: join(scratch, 'state'),
      // Else the extension host would have the PATH of the login shell, where any or no Node may be.
      VSCODE_CLI: '1',
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      ...options.env,
    },
  });
  try {
    const workspace = options.workspace ?? (await makeTemporaryFolder('workspace'));
    const code = await runInBrowser(server, workspace, options);
    const results = readResults(resultsFile);
    return code === 0 || results.failures.length > 0 ? results : { ...results, complete: false };
  } finally {
    await server.stop();
    await removeTemporaryFolder(scratch);
  }
}

async function runInBrowser(server: VscodeServer, workspace: string, options: HostSuiteOptions): Promise<number> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    return await runInPage(page, server, workspace, options);
  } finally {
    await browser.close();
  }
}

/** Resolves with the exit code of the module's `run()`; 124 when it has not ended in time, as timeout(1) does. */
async function runInPage(
  page: Page,
  server: VscodeServer,
  workspace: string,
  options: HostSuiteOptions,
): Promise<number> {
  const log = createHostLog(join(resultsFolder, `host-${options.version.name}.log`));
  const finished = new Promise<number>((resolve) => {
    const timer = setTimeout(() => resolve(124), options.timeoutMs ?? 300_000);
    page.once('close', () => clearTimeout(timer));
    void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => log(format(...args)));
  await page.goto(developmentUrl(server, workspace, options));
  const code = await finished;
  if (code === 124) console.log(`The suite has not ended in time; see test-results/host-${options.version.name}.log`);
  return code;
}

function developmentUrl(server: VscodeServer, workspace: string, options: HostSuiteOptions): string {
  const remote = (path: string): string => `vscode-remote://localhost:${server.port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(options.extensionFolder ?? repositoryRoot)],
    ['extensionTestsPath', remote(options.testsModule ?? join(repositoryRoot, 'dist/test/host/index.cjs'))],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `${server.url}/?${query}`;
}
