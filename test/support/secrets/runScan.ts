import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretScansFolder } from '../paths.ts';
import { SecretScan } from './secretScan.ts';

/** The scan of this process; its report is written when the process ends, for the suite that judges all of them. */
export const runScan = new SecretScan();

process.on('exit', () => {
  const report = runScan.report();
  if (report.files + report.outputs === 0) return;
  mkdirSync(secretScansFolder, { recursive: true });
  writeFileSync(join(secretScansFolder, `${process.pid}-${Date.now()}.json`), JSON.stringify(report));
});
