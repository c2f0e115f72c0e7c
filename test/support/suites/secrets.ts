import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder, secretScansFolder } from '../paths.ts';
import { type ScanReport, SecretScan } from '../secrets/secretScan.ts';
import type { Suite } from '../suites.ts';
import { measured } from './measured.ts';

/** Judges what all other suites left behind: no token, password or key outside the places that are meant for them. */
export function secretsSuite(name: string): Suite {
  return { name, run: () => measured(name, judge) };
}

async function judge() {
  const own = new SecretScan();
  await own.folder(resultsFolder, 'test-results');
  const reports = [...earlierReports(), own.report()];
  const sum = (count: (report: ScanReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const leaks = [...new Set(reports.flatMap((report) => report.leaks))];
  const [files, outputs, known] = [sum((r) => r.files), sum((r) => r.outputs), sum((r) => r.known)];
  const mib = Math.round(sum((r) => r.bytes) / 2 ** 20);
  console.log(`    ${files} files (${mib} MiB) and the output of ${outputs} programs, ${known} secrets known`);
  const failures = leaks.map((leak) => ({ title: 'A secret where none belongs', message: leak }));
  if (files === 0 || outputs === 0 || known === 0) {
    failures.push({ title: 'Nothing was looked through', message: 'Run it after other suites.' });
  }
  return { passed: failures.length === 0 ? 1 : 0, failures, pending: [] };
}

function earlierReports(): ScanReport[] {
  if (!existsSync(secretScansFolder)) return [];
  return readdirSync(secretScansFolder).map(
    (file) => JSON.parse(readFileSync(join(secretScansFolder, file), 'utf8')) as ScanReport,
  );
}
