import { hostSuiteBegins } from '../support/hostLog.ts';
import { recordResults, resultsVariable } from '../support/results.ts';
import { suites } from './suites.ts';

/** What the extension host calls: runs every suite and tells the runner how it went. */
export async function run(): Promise<void> {
  // Imported here and not above, because the module is CommonJS and mocha is not.
  const { default: Mocha } = await import('mocha');
  console.log(hostSuiteBegins);
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: 'spec', color: false });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  for (const suite of suites) suite();
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const file = process.env[resultsVariable];
    if (file) recordResults(runner, file);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
