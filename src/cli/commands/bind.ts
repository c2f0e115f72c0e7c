import type { Command } from 'commander';
import type { Binding, BindingPlan } from '../../app/binding.ts';
import { serverOrigin } from '../../app/serverAddress.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { serverToAsk } from '../serverChoice.ts';
import { needingSignIn } from '../signIn.ts';

export function buildBind(noun: Command, runtime: Runtime): void {
  noun.argument('[url]', 'the address of the server, such as http://localhost:8000');
  perform(noun, runtime, bind);
}

export function buildUnbind(noun: Command, runtime: Runtime): void {
  perform(noun, runtime, unbind);
}

async function bind(call: Invocation, _: object, [url]: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  const origin = url === undefined ? serverToAsk(call, app) : serverOrigin(url);
  const plan = await needingSignIn(origin, () => app.binding.plan(origin));
  const question = creationQuestion(plan);
  if (question !== undefined) await call.prompts.confirm(question);
  const binding = await call.output.waiting('exchanging data with the server', app.binding.bind(plan));
  const verb = plan.alreadyBound ? 'already belongs' : 'now belongs';
  const text = `this workspace ${verb} to ${binding.origin}, as ${binding.account}`;
  await call.output.item(
    { kind: 'binding', id: binding.serverId, fields: fieldsOf(binding), text },
    call.provenance(app),
  );
}

/** What the person should say yes to: that local data appears on a server that others see. */
function creationQuestion({ toCreate, origin, alreadyBound }: BindingPlan): string | undefined {
  const { projects, sprints, tasks } = toCreate;
  if (alreadyBound || projects + sprints + tasks === 0) return undefined;
  return `Create ${counted(projects, 'project')}, ${counted(sprints, 'sprint')} and ${counted(tasks, 'task')} of this workspace on ${origin}?`;
}

function fieldsOf(binding: Binding): Readonly<Record<string, unknown>> {
  const { origin, serverId, datasetId, epoch, account, dialect } = binding;
  return { server: origin, server_id: serverId, dataset_id: datasetId, epoch, account, dialect };
}

async function unbind(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const before = app.binding.current;
  if (before) {
    await call.prompts.confirm(
      `Go back to the local tracker? What belongs to ${before.origin} is set aside until you bind again.`,
    );
    await app.binding.unbind();
  }
  const text = before ? `this workspace no longer belongs to ${before.origin}` : 'this workspace belongs to no server';
  const fields = { server: null, was: before?.origin ?? null };
  await call.output.item({ kind: 'binding', id: '', fields, text }, call.provenance(app));
}
