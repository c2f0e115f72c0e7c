import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The module prints this first; what comes before is the workbench talking to itself. */
export const hostSuiteBegins = 'The suites of the extension host begin';

/**
 * The native modules are left out of the installation on purpose, there is no way to the marketplace, and what the
 * workbench in the browser complains about is not what the suites print.
 */
const expectedNoise =
  /browser\/workbench\/workbench\.js|Could not locate the bindings file|native-watchdog|Release\/watchdog|open-vsx\.org/;

/** Writes everything to a file and shows on the console what the suites print. */
export function createHostLog(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  let begun = false;
  return (line) => {
    appendFileSync(file, `${line}\n`);
    if (begun && !expectedNoise.test(line)) console.log(line);
    begun ||= line.includes(hostSuiteBegins);
  };
}
