import { type Command, Option } from 'commander';
import type { ImportPlan } from '../../app/importing.ts';
import { addDialectOptions, type DialectOptions, serverChoiceOf } from '../dialectOptions.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { needingSignIn } from '../signIn.ts';

interface ImportOptions extends DialectOptions {
  readonly from: string;
  readonly dryRun?: boolean;
}

export function buildImport(noun: Command, runtime: Runtime): void {
  const from = new Option('--from <url>', 'the server to read everything from').makeOptionMandatory();
  addDialectOptions(noun.addOption(from)).option('--dry-run', 'only say what would be created');
  perform<ImportOptions>(noun, runtime, importFrom);
}

async function importFrom(call: Invocation, options: ImportOptions): Promise<void> {
  const app = await call.open();
  const reading = needingSignIn(options.from, () => app.planImport(options.from, serverChoiceOf(options)));
  const plan = await call.output.waiting('reading the server', reading);
  const isDry = options.dryRun === true;
  if (!isDry && plan.entities.length > 0) {
    await call.prompts.confirm(`Create ${amounts(plan)} here, from ${plan.origin} (${plan.server})?`);
    await app.runImport(plan);
    if (app.binding.current && !call.options.offline) await call.output.waiting('syncing', app.syncNow());
  }
  const { origin, server, toCreate, known, adjusted } = plan;
  const fields = { from: origin, name: server, created: isDry ? null : toCreate, to_create: toCreate, known, adjusted };
  await call.output.item({ kind: 'import', id: '', fields, text: sentence(plan, isDry) }, call.provenance(app));
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
