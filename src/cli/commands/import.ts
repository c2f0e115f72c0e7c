import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { ImportPlan } from '../../app/importing.ts';
import { DtmError } from '../../core/errors.ts';
import type { ForeignProblem } from '../../core/foreignTable.ts';
import { addDialectOptions, type DialectOptions, serverChoiceOf } from '../dialectOptions.ts';
import type { Invocation } from '../invocation.ts';
import { counted, oneLine } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { needingSignIn } from '../signIn.ts';
import { copyFromBinding } from './copyFromBinding.ts';

/** `--json` has all of them. */
const problemsShown = 20;

interface ImportOptions extends DialectOptions {
  readonly from?: string;
  readonly fromBinding?: string;
  readonly dryRun?: boolean;
}

export function buildImport(noun: Command, runtime: Runtime): void {
  const from = new Option('--from <url>', 'the server to read everything from');
  noun.argument('[path]', 'CSV files of an older tracker: their folder, such as trackers/csv, or one of them');
  const fromBinding = '--from-binding <name>';
  noun.addOption(from).option(fromBinding, 'another binding of this workspace, or "local" (see: cf_cli bind --list)');
  addDialectOptions(noun).option('--dry-run', 'only say what would be created');
  perform<ImportOptions>(noun, runtime, importFrom);
}

async function importFrom(call: Invocation, options: ImportOptions, [path]: readonly string[]): Promise<void> {
  const { fromBinding } = options;
  if (fromBinding !== undefined) {
    if (options.from !== undefined || path !== undefined) throw needsOneSource(true);
    return copyFromBinding(call, fromBinding, options.dryRun === true);
  }
  const app = await call.open();
  const plan = await planned(call, app, options, path);
  const isDry = options.dryRun === true;
  tellProblems(call, plan);
  if (!isDry && plan.entities.length > 0) {
    await call.prompts.confirm(`Create ${amounts(plan)} here, from ${plan.origin} (${plan.server})?`);
    await app.runImport(plan);
    if (app.binding.current && !call.options.offline) await call.output.waiting('syncing', app.syncNow());
  }
  const { origin, server, toCreate, known, adjusted } = plan;
  const { problems } = plan;
  const amount = { created: isDry ? null : toCreate, to_create: toCreate, known, adjusted };
  const fields = { from: origin, name: server, ...amount, problems: [...problems] };
  await call.output.item({ kind: 'import', id: '', fields, text: sentence(plan, isDry) }, call.provenance(app));
}

/** @throws DtmError `usage` unless there is either a server or a path */
function planned(call: Invocation, app: DtmApp, options: ImportOptions, path: string | undefined): Promise<ImportPlan> {
  const { from } = options;
  if ((from === undefined) === (path === undefined)) throw needsOneSource(from !== undefined);
  if (from === undefined) return call.output.waiting('reading the files', app.planFileImport(resolve(path ?? '')));
  const reading = needingSignIn(from, () => app.planImport(from, serverChoiceOf(options)));
  return call.output.waiting('reading the server', reading);
}

function needsOneSource(hasBoth: boolean): DtmError {
  return new DtmError('usage', hasBoth ? 'two places to import from at once' : 'nothing is named to import from', {
    hint: 'Use cf_cli import trackers/csv for files, or cf_cli import --from URL for a server, or cf_cli import --from-binding NAME.',
  });
}

function tellProblems(call: Invocation, { problems, areExports }: ImportPlan): void {
  if (areExports) call.output.warn('these files are copies of a database, which may know more than they do');
  for (const problem of problems.slice(0, problemsShown)) call.output.note(problemText(problem));
  const more = problems.length - problemsShown;
  if (more > 0) call.output.note(`… and ${counted(more, 'more problem')}; --json lists all of them`);
}

function problemText({ file, line, column, message }: ForeignProblem): string {
  return oneLine(`${file}:${line}${column === undefined ? '' : `, ${column}`}: ${message}`);
}

function sentence(plan: ImportPlan, isDry: boolean): string {
  const { known, adjusted } = plan;
  return [
    `${isDry ? 'would create' : 'created'} ${amounts(plan)} from ${plan.origin} (${plan.server})`,
    ...(known > 0 ? [`${known} were here already, and were left as they are`] : []),
    ...(adjusted > 0 ? [`${adjusted} lacked something that is required here, and got it`] : []),
  ].join('; ');
}

function amounts({ toCreate: { projects, sprints, tasks } }: ImportPlan): string {
  return `${counted(projects, 'project')}, ${counted(sprints, 'sprint')} and ${counted(tasks, 'task')}`;
}
