import { commandsSuite } from './commands.host.ts';
import { connectionSuite } from './connection.host.ts';
import { evidenceSuite } from './evidence.host.ts';
import { gatesSuite } from './gates.host.ts';
import { logSuite } from './log.host.ts';
import { manifestSuite } from './manifest.host.ts';
import { promptsSuite } from './prompts.host.ts';
import { settingsSuite } from './settings.host.ts';
import { smokeSuite } from './smoke.host.ts';
import { stoppedSuite } from './stopped.host.ts';
import { treesSuite } from './trees.host.ts';

/** Every suite that runs inside the extension host, in this order. */
export const suites: readonly (() => void)[] = [
  smokeSuite,
  manifestSuite,
  settingsSuite,
  treesSuite,
  promptsSuite,
  commandsSuite,
  gatesSuite,
  connectionSuite,
  stoppedSuite,
  evidenceSuite,
  logSuite,
];
