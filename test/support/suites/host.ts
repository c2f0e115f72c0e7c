import { runHostSuite } from '../hostSuite.ts';
import type { Suite } from '../suites.ts';
import type { VscodeVersion } from '../vscodeInstall.ts';
import { judgeMocha, measured } from './measured.ts';

/** The suites of test/host/, inside the extension host of one version of VS Code. */
export function hostSuiteOf(version: VscodeVersion): Suite {
  const name = `host-${version.name}`;
  const run = async () =>
    judgeMocha(await runHostSuite({ version }), true, `Its console is in test-results/${name}.log`);
  return { name, run: () => measured(name, run) };
}
