import type { CopyPlan } from '../../app/copying.ts';
import { wireName } from '../../core/wire.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/plainText.ts';

/** `import --from-binding NAME`: copies what another tracker of the workspace holds into the present one. */
export async function copyFromBinding(call: Invocation, name: string, isDry: boolean): Promise<void> {
  const app = await call.open();
  const plan = await call.output.waiting('comparing', app.planCopy(name));
  const { toCreate, known, homeless, adjusted, from } = plan;
  tellUnsupported(call, plan);
  if (!isDry && plan.entities.length > 0) {
    await call.prompts.confirm(`Create ${amounts(plan)} here, copied from ${sourceOf(plan)}?`);
    await app.runCopy(plan);
    if (app.binding.current && !call.options.offline) await call.output.waiting('syncing', app.syncNow());
  }
  const fields = {
    from: from.name,
    server: from.binding?.origin ?? null,
    account: from.binding?.account ?? null,
    created: isDry ? null : toCreate,
    to_create: toCreate,
    known,
    homeless,
    adjusted,
    unsupported: plan.unsupported.map(({ kind, field, count }) => ({ kind, field: wireName(field), count })),
  };
  await call.output.item({ kind: 'import', id: '', fields, text: sentence(plan, isDry) }, call.provenance(app));
}

function tellUnsupported({ output }: Invocation, { unsupported }: CopyPlan): void {
  if (unsupported.length === 0) return;
  const lines = unsupported.map(({ kind, field, count }) => `  - ${wireName(field)} of ${counted(count, kind)}`);
  output.note(['the server has no place for this, so it stays in this workspace:', ...lines].join('\n'));
}

function sentence(plan: CopyPlan, isDry: boolean): string {
  const { known, homeless, adjusted } = plan;
  return [
    `${isDry ? 'would create' : 'created'} ${amounts(plan)}, copied from ${sourceOf(plan)}`,
    ...(known > 0 ? [`${known} were here already, and were left as they are`] : []),
    ...(homeless > 0 ? [`${homeless} were left out, because their project was deleted here`] : []),
    ...(adjusted > 0 ? [`${adjusted} were fitted to what is here (references, what is required)`] : []),
  ].join('; ');
}

function sourceOf({ from: { binding } }: CopyPlan): string {
  return binding ? `${binding.origin} (${binding.account})` : 'the local tracker';
}

function amounts({ toCreate: { projects, sprints, tasks } }: CopyPlan): string {
  return `${counted(projects, 'project')}, ${counted(sprints, 'sprint')} and ${counted(tasks, 'task')}`;
}
