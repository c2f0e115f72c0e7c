import type { Command } from 'commander';
import type { Binding, BindingPlan } from '../../app/binding.ts';
import type { DtmApp } from '../../app/dtmApp.ts';
import { serverOrigin } from '../../app/serverAddress.ts';
import { limitsOf } from '../../core/dialect.ts';
import { DtmError } from '../../core/errors.ts';
import { addDialectOptions, type DialectOptions, serverChoiceOf } from '../dialectOptions.ts';
import { collect } from '../fieldOptions.ts';
import type { Invocation } from '../invocation.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { serverToAsk } from '../serverChoice.ts';
import { needingSignIn, signInHint } from '../signIn.ts';
import { listBindings, waitingText } from './bindingList.ts';
import { type LimitOptions, limitText, wantedProjects } from './projectLimit.ts';

interface BindOptions extends DialectOptions, LimitOptions {
  readonly list?: boolean;
  readonly to?: string;
}

export function buildBind(noun: Command, runtime: Runtime): void {
  noun.argument('[url]', 'the address of the server, such as http://localhost:8000');
  addDialectOptions(noun)
    .option('--list', 'show where this workspace belongs and belonged, and what waits there')
    .option('--to <name>', 'go back to one of those, as it was left')
    .option('--project <id>', 'read and show only this project (repeatable)', collect)
    .option('--all-projects', 'read and show all projects again');
  perform<BindOptions>(noun, runtime, (call, options, [url]) => {
    if ([options.list, options.to, url].filter((one) => one !== undefined).length > 1) throw onlyOne();
    if (options.list) return listBindings(call);
    return options.to === undefined ? bind(call, options, url) : returnTo(call, options.to);
  });
}

export function buildUnbind(noun: Command, runtime: Runtime): void {
  perform(noun, runtime, unbind);
}

async function bind(call: Invocation, options: BindOptions, url: string | undefined): Promise<void> {
  const app = await call.openOnly();
  const origin = url === undefined ? serverToAsk(call, app) : serverOrigin(url);
  const projects = wantedProjects(app, options);
  const { current } = app.binding;
  // Whoever only limits what is shown goes on as the account of before.
  const same = projects && current?.origin === origin ? current.account : undefined;
  const choice = serverChoiceOf(options);
  const wanted = { ...choice, account: choice.account ?? same, projects };
  const plan = await needingSignIn(origin, () => app.binding.plan(origin, wanted));
  noteLimits(call, plan);
  const question = creationQuestion(plan);
  if (question !== undefined) await call.prompts.confirm(question);
  const left = plan.alreadyBound ? undefined : leaving(app);
  const binding = await call.output.waiting('exchanging data with the server', app.binding.bind(plan));
  if (left) call.output.note(left.text);
  const verb = plan.alreadyBound ? 'already belongs' : 'now belongs';
  const server = plan.dialect === 'dtm' ? binding.origin : `${binding.origin} (${plan.server})`;
  const limit = binding.projects ? `; limited to ${limitText(app)}` : '';
  const text = `this workspace ${verb} to ${server}, as ${binding.account}${limit}`;
  await call.output.item(
    { kind: 'binding', id: binding.serverId, fields: { ...fieldsOf(binding, plan), left: left?.fields ?? null }, text },
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
  const { origin, serverId, datasetId, epoch, account, dialect, projects } = binding;
  return {
    server: origin,
    server_id: serverId,
    dataset_id: datasetId,
    epoch,
    account,
    dialect,
    limited_to: projects ?? null,
    name: server,
    limits: limitsOf(capabilities),
  };
}

/** What is left behind in the binding of now, to be told once it is; undefined if the workspace belongs to no server. */
function leaving({ binding: { current }, status }: DtmApp) {
  if (!current) return undefined;
  const { origin, account } = current;
  const { pending, conflicts, rejected } = status;
  const waiting = waitingText({ pending, conflicts, rejected });
  const text = `what belongs to ${origin} (${account}) is set aside${waiting === '' ? '' : `; not sent there yet: ${waiting}`}; see: cf_cli bind --list`;
  return { waiting, text, fields: { server: origin, account, pending, conflicts, rejected } };
}

async function returnTo(call: Invocation, name: string): Promise<void> {
  const app = await call.openOnly();
  const left = leaving(app);
  const before = app.binding.current;
  const binding = await call.output.waiting('exchanging data with the server', app.binding.returnTo(name));
  const hasMoved = before !== binding;
  if (left && hasMoved) call.output.note(left.text);
  const place = binding ? `to ${binding.origin}, as ${binding.account}` : 'to no server: it is local only';
  const { kind, reason } = app.status.connection;
  if (kind !== 'online' && reason !== undefined && binding) call.output.note(`not synchronised: ${reason}`);
  if (kind === 'signed-out' && binding) call.output.hint(signInHint(binding.origin));
  const waiting = waitingText(app.status);
  const text = `this workspace belongs ${hasMoved ? 'again ' : ''}${place}${waiting === '' ? '' : `; not sent yet: ${waiting}`}`;
  const fields = {
    server: binding?.origin ?? null,
    account: binding?.account ?? null,
    dialect: binding?.dialect ?? null,
    left: hasMoved ? (left?.fields ?? null) : null,
  };
  await call.output.item({ kind: 'binding', id: binding?.serverId ?? '', fields, text }, call.provenance(app));
}

function onlyOne(): DtmError {
  return new DtmError('usage', 'a server, --to and --list cannot be used together', { hint: 'Choose one of them.' });
}

async function unbind(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  const before = app.binding.current;
  const left = leaving(app);
  if (before) {
    const waiting = left?.waiting ? ` (not sent yet: ${left.waiting})` : '';
    await call.prompts.confirm(
      `Go back to the local tracker? What belongs to ${before.origin}${waiting} is set aside until you bind again.`,
    );
    await app.binding.unbind();
    if (left) call.output.note(left.text);
  }
  const text = before ? `this workspace no longer belongs to ${before.origin}` : 'this workspace belongs to no server';
  const fields = { server: null, was: before?.origin ?? null, left: left?.fields ?? null };
  await call.output.item({ kind: 'binding', id: '', fields, text }, call.provenance(app));
}
