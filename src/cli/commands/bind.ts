import type { Command } from 'commander';
import type { Binding, BindingPlan } from '../../app/binding.ts';
import { serverOrigin } from '../../app/serverAddress.ts';
import { limitsOf } from '../../core/dialect.ts';
import { addDialectOptions, type DialectOptions, serverChoiceOf } from '../dialectOptions.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { serverToAsk } from '../serverChoice.ts';
import { needingSignIn } from '../signIn.ts';

export function buildBind(noun: Command, runtime: Runtime): void {
  noun.argument('[url]', 'the address of the server, such as http://localhost:8000');
  perform<DialectOptions>(addDialectOptions(noun), runtime, bind);
}

export function buildUnbind(noun: Command, runtime: Runtime): void {
  perform(noun, runtime, unbind);
}

async function bind(call: Invocation, options: DialectOptions, [url]: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  const origin = url === undefined ? serverToAsk(call, app) : serverOrigin(url);
  const plan = await needingSignIn(origin, () => app.binding.plan(origin, serverChoiceOf(options)));
  noteLimits(call, plan);
  const question = creationQuestion(plan);
  if (question !== undefined) await call.prompts.confirm(question);
  const binding = await call.output.waiting('exchanging data with the server', app.binding.bind(plan));
  const verb = plan.alreadyBound ? 'already belongs' : 'now belongs';
  const server = plan.dialect === 'dtm' ? binding.origin : `${binding.origin} (${plan.server})`;
  const text = `this workspace ${verb} to ${server}, as ${binding.account}`;
  await call.output.item(
    { kind: 'binding', id: binding.serverId, fields: fieldsOf(binding, plan), text },
    call.provenance(app),
  );
}

/** What the person should know of a server before they bind to it. */
function noteLimits({ output }: Invocation, { server, capabilities }: BindingPlan): void {
  const limits = limitsOf(capabilities);
  if (limits.length > 0) output.note([`this is ${server}:`, ...limits.map((limit) => `  - ${limit}`)].join('\n'));
}

/** What the person should say yes to: that local data appears on a server that others see. */
function creationQuestion({ toCreate, origin, alreadyBound }: BindingPlan): string | undefined {
  const { projects, sprints, tasks } = toCreate;
  if (alreadyBound || projects + sprints + tasks === 0) return undefined;
  return `Create ${counted(projects, 'project')}, ${counted(sprints, 'sprint')} and ${counted(tasks, 'task')} of this workspace on ${origin}?`;
}

function fieldsOf(binding: Binding, { server, capabilities }: BindingPlan): Readonly<Record<string, unknown>> {
  const { origin, serverId, datasetId, epoch, account, dialect } = binding;
  return {
    server: origin,
    server_id: serverId,
    dataset_id: datasetId,
    epoch,
    account,
    dialect,
    name: server,
    limits: limitsOf(capabilities),
  };
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
