// Runs the host suites in the desktop build of VS Code, which has to be downloaded: `npm run test:desktop`.
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheFolder, repositoryRoot, resultsFolder } from './paths.ts';
import { readResults, resultsVariable } from './results.ts';
import { judgeMocha, measured } from './suites/measured.ts';
import { isSuccess, summarize } from './summary.ts';
import { makeTemporaryFolder } from './temporary.ts';

const version = process.argv[2] ?? '1.100.3';
const vscodeExecutablePath = await downloadAndUnzipVSCode({ version, cachePath: cacheFolder }).catch((error: Error) => {
  console.error(`VS Code ${version} for the desktop cannot be downloaded here: ${error.message}`);
  console.error('The same suites run in the VS Code server from npm: npm run test:host');
  process.exit(3);
});

const resultsFile = join(resultsFolder, 'desktop.json');
const result = await measured(`desktop-${version}`, async () => {
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: repositoryRoot,
    extensionTestsPath: join(repositoryRoot, 'dist/test/host/index.cjs'),
    launchArgs: [await makeTemporaryFolder('workspace'), '--disable-extensions'],
    extensionTestsEnv: {
      [resultsVariable]: resultsFile,
      DTM_TEST_VSCODE: version.split('.').slice(0, 2).join('.'),
      DTM_STATE_HOME: await makeTemporaryFolder('state'),
    },
  }).catch(() => 1);
  return judgeMocha(readResults(resultsFile), code === 0, 'The console is above');
});
console.log(`\n${summarize([result])}`);
process.exit(isSuccess([result]) ? 0 : 1);
