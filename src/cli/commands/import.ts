import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { ImportPlan } from '../../app/importing.ts';
import { DtmError } from '../../core/errors.ts';
import type { SyncReport } from '../../core/ports.ts';
import { addDialectOptions, type DialectOptions, serverChoiceOf } from '../dialectOptions.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { perform, type Runtime } from '../perform.ts';
import { needingSignIn } from '../signIn.ts';
import { copyFromBinding } from './copyFromBinding.ts';
import { amounts, fileLines, reportFields, summary, tellFindings } from './importReport.ts';

interface ImportOptions extends DialectOptions {
  readonly from?: string;
  readonly fromBinding?: string;
  readonly dryRun?: boolean;
}

export function buildImport(noun: Command, runtime: Runtime): void {
  const from = new Option('--from <url>', 'the server to read everything from');
  noun.argument(
    '[path]',
    'CSV files of an older tracker, or of tickets: their folder, such as trackers/csv, or one of them',
  );
  const fromBinding = '--from-binding <name>';
  noun.addOption(from).option(fromBinding, 'another binding of this workspace, or "local" (see: cf_cli bind --list)');
  addDialectOptions(noun).option('--dry-run', 'only say what would be created');
  perform<ImportOptions>(noun, runtime, importFrom);
}

async function importFrom(call: Invocation, options: ImportOptions, [path]: readonly string[]): Promise<number> {
  const { from, fromBinding, dryRun = false } = options;
  requireOneSource([from, fromBinding, path]);
  if (fromBinding === undefined) return importOthers(call, options, path);
  await copyFromBinding(call, fromBinding, dryRun);
  return ExitCode.ok;
}

async function importOthers(call: Invocation, options: ImportOptions, path: string | undefined): Promise<number> {
  // What others imported into the same server meanwhile must not be created twice.
  const app = await call.openForReading();
  const plan = await planned(call, app, options, path);
  const isDry = options.dryRun === true;
  tellFindings(call.output, plan);
  const sent = isDry || plan.entities.length === 0 ? undefined : await run(call, app, plan);
  const fields = reportFields(plan, isDry, app.binding.current ? sent : undefined);
  const item = { kind: 'import', id: '', fields, text: summary(plan, isDry) };
  const shortfall = call.options.requireSync && !isDry ? shortfallOf(app, sent) : undefined;
  await call.output.item(item, call.provenance(app), shortfall);
  if (shortfall) call.output.error(shortfall, { document: false, stack: undefined });
  else if (app.binding.current && !isDry) noteWaiting(call, sent ?? app.status);
  if (shortfall) return app.binding.current ? ExitCode.queued : ExitCode.configuration;
  if (sent && sent.conflicts > 0) return ExitCode.conflict;
  return sent && sent.rejected > 0 ? ExitCode.invalid : ExitCode.ok;
}

/** @throws DtmError `usage` unless there is either a server or a path */
function requireOneSource(given: readonly (string | undefined)[]): void {
  const count = given.filter((one) => one !== undefined).length;
  if (count === 1) return;
  throw new DtmError('usage', count === 0 ? 'nothing is named to import from' : 'two places to import from at once', {
    hint: 'Use cf_cli import trackers/csv for files, cf_cli import --from URL for a server, or cf_cli import --from-binding NAME.',
  });
}

function planned(call: Invocation, app: DtmApp, options: ImportOptions, path = ''): Promise<ImportPlan> {
  const { from } = options;
  if (from === undefined) return call.output.waiting('reading the files', app.planFileImport(resolve(path)));
  const reading = needingSignIn(from, () => app.planImport(from, serverChoiceOf(options)));
  return call.output.waiting('reading the server', reading);
}

/** @returns what became of it at the server, or in the local tracker; undefined where the server is not to be asked */
async function run(call: Invocation, app: DtmApp, plan: ImportPlan): Promise<SyncReport | undefined> {
  if (call.prompts.canAsk && !call.options.yes)
    for (const line of fileLines(plan.files, true)) call.output.note(line.trim());
  await call.prompts.confirm(`Create ${amounts(plan)} here, from ${plan.origin} (${plan.server})?`);
  await call.output.waiting('importing', app.runImport(plan));
  if (app.binding.current && call.options.offline) return undefined;
  // The local tracker, too, has to take it in: the next command would have to wait for that.
  return call.output.waiting('syncing', app.syncNow());
}

function shortfallOf(app: DtmApp, sent: SyncReport | undefined): DtmError | undefined {
  if (!app.binding.current) {
    return new DtmError('not-bound', 'stored here only: this workspace belongs to no server', {
      hint: 'Bind it with: cf_cli bind http://localhost:8000',
    });
  }
  if ((sent ?? app.status).pending === 0) return undefined;
  const reason = sent?.error?.message ?? 'the server was not asked';
  return new DtmError('offline', `stored here, but not on the server yet: ${reason}`, {
    hint: 'Send it with: cf_cli sync run',
  });
}

function noteWaiting(call: Invocation, { pending, error }: Pick<SyncReport, 'pending' | 'error'>): void {
  if (pending === 0) return;
  const reason = error?.message ?? 'the server was not asked';
  call.output.note(`queued: ${reason}; it is stored here and will be sent with the next sync`);
}
