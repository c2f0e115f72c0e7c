import type { Command } from 'commander';
import { DtmError } from '../../core/errors.ts';
import type { SyncReport } from '../../core/ports.ts';
import { notBound } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { perform, type Runtime } from '../perform.ts';
import { needingSignIn } from '../signIn.ts';
import { statusFields, statusLines } from './status.ts';

export function buildSync(noun: Command, runtime: Runtime): void {
  perform(noun.command('run').description('pull, push, pull; wait until it is done'), runtime, runSync);
  const rewrite = noun
    .command('rewrite-csv')
    .description('write the CSV files anew, also over what was changed outside');
  perform(rewrite, runtime, rewriteCsv);
  perform(noun.command('status').description('what is not sent yet, without asking the server'), runtime, showSync);
}

async function runSync(call: Invocation): Promise<number> {
  const app = await call.open();
  const { current } = app.binding;
  if (!current) throw notBound();
  if (call.options.offline) throw new DtmError('usage', '--offline leaves nothing to sync', { hint: 'Leave it out.' });
  const report = await call.output.waiting('syncing', app.syncNow());
  if (report.error) await needingSignIn(current.origin, () => Promise.reject(report.error));
  const { pulled, pushed, pending, conflicts, rejected } = report;
  const fields = { pulled, pushed, pending, conflicts, rejected };
  await call.output.item({ kind: 'sync', id: '', fields, text: sentence(report) }, call.provenance(app));
  if (conflicts > 0) return ExitCode.conflict;
  return rejected > 0 ? ExitCode.invalid : ExitCode.ok;
}

function sentence({ pulled, pushed, pending, conflicts, rejected }: SyncReport): string {
  const refused = conflicts + rejected > 0 ? `, ${conflicts} conflicts, ${rejected} rejected` : '';
  return `synced: ${pushed} sent, ${pulled} received, ${pending} waiting${refused}`;
}

async function rewriteCsv(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  await call.prompts.confirm('Write the CSV files anew? Files that were changed outside are set aside first.');
  const setAside = await app.rewriteCsv();
  const aside = setAside.map((file) => `\nset aside: ${file}`).join('');
  const text = `wrote the CSV files anew${aside}`;
  await call.output.item({ kind: 'csv', id: '', fields: { set_aside: setAside }, text }, call.provenance(app));
}

async function showSync(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const text = keyValueLines(statusLines(app), call.output.colors);
  await call.output.item({ kind: 'sync', id: '', fields: statusFields(app), text }, call.provenance(app));
}
