// Runs the suites: `node test/support/run.ts [suite ...]`; all of them when none is named.
import { rm } from 'node:fs/promises';
import { secretScansFolder } from './paths.ts';
import { suites } from './suites.ts';
import { isSuccess, type SuiteResult, summarize } from './summary.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`Unknown suite: ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

await rm(secretScansFolder, { recursive: true, force: true });
const results: SuiteResult[] = [];
for (const { name, run } of suites) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n== ${name}`);
  results.push(await run());
}
console.log(`\n${summarize(results)}`);
process.exit(isSuccess(results) ? 0 : 1);
