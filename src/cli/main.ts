#!/usr/bin/env node
import { nodeProblem } from './nodeVersion.ts';
import { packageVersion } from './packageVersion.ts';

// Nothing else is loaded before this is answered: scripts ask for the version often and wait for it.
const args = process.argv.slice(2);
const problem = nodeProblem(process.versions.node);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${packageVersion()}\n`);
} else if (problem) {
  process.stderr.write(problem);
  process.exitCode = 78;
} else {
  (await import('./compileCache.ts')).useCompileCache();
  await (await import('./run.ts')).runToEnd(args);
}
