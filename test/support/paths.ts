import { resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '../..');

/** VS Code servers and browsers that were unpacked once; ignored by git and by the package. */
export const cacheFolder = resolve(repositoryRoot, '.vscode-test');

/** What a test run leaves behind for people: results, screenshots. */
export const resultsFolder = resolve(repositoryRoot, 'test-results');

/** What each process of a run found when it looked for secrets. */
export const secretScansFolder = resolve(resultsFolder, 'secret-scans');
