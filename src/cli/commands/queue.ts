import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { DtmError } from '../../core/errors.ts';
import type { QueuedOperation } from '../../core/ports.ts';
import type { StoppedChange } from '../../core/stoppedChange.ts';
import { wireName } from '../../core/wire.ts';
import { localTime } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { counted } from '../output/plainText.ts';
import type { Column } from '../output/table.ts';
import { perform, type Runtime } from '../perform.ts';
import { addValueOption, findStopped, isAbout, type ValueOptions, valuesOf } from '../stopped/decision.ts';
import { describeStopped, stoppedFields } from '../stopped/stoppedView.ts';
import { presentWritten, storing } from './entity/written.ts';

const shortestId = 4;
const changeHelp = 'its id or the end of it, or the id of what it is about';
const listing = 'cf_cli queue list';

export function buildQueue(noun: Command, runtime: Runtime): void {
  perform(noun.command('list').alias('ls').description('list them, oldest first'), runtime, listQueue);
  const show = noun
    .command('show')
    .description('one of them, with what the server says')
    .argument('<change>', changeHelp);
  perform(show, runtime, showQueued);
  const retry = noun
    .command('retry')
    .description('try what was refused again, with other values where they are given')
    .argument('<change>', changeHelp);
  perform<ValueOptions>(addValueOption(retry), runtime, retryQueued);
  const drop = noun
    .command('drop')
    .description('give changes up for good, with what depends on them')
    .argument('[change...]', 'their ids, or endings of four characters or more')
    .option('--all', 'every one of them');
  perform<{ readonly all?: boolean }>(drop, runtime, dropFromQueue);
}

const columns: readonly Column<QueuedOperation>[] = [
  { title: 'CHANGE', value: ({ operation }) => operation.opId },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'WHAT', value: whatOf, whenNarrow: 'shrink' },
  { title: 'WHEN', value: ({ operation }) => localTime(operation.at), whenNarrow: 'omit' },
  { title: 'WHY REFUSED', value: refusalOf, whenNarrow: 'shrink' },
];

async function listQueue(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  call.tellsOfStopped = false;
  const rows = app.queue();
  await call.output.list<QueuedOperation>(
    {
      kind: 'operation',
      rows,
      total: rows.length,
      columns,
      fieldsOf,
      fieldNames: ['op_id', 'state', 'entity', 'id', 'kind', 'at', 'account', 'surface', 'fields', 'problem'],
      idOf: ({ operation }) => operation.opId,
      whenEmpty: 'nothing is waiting: the server knows every change',
      moreHint: '',
    },
    call.provenance(app),
  );
}

function fieldsOf({ operation, state, problem, fields }: QueuedOperation): Readonly<Record<string, unknown>> {
  const { opId, entity, id, kind, at, account, surface } = operation;
  return {
    op_id: opId,
    state,
    entity,
    id,
    kind,
    at,
    account,
    surface,
    fields: fields ?? null,
    problem: problem ?? null,
  };
}

function whatOf({ operation }: QueuedOperation): string {
  const changed = operation.kind === 'update' ? Object.keys({ ...operation.set, ...operation.sets }) : [];
  return [operation.kind, operation.id, changed.map(wireName).join(', ')].filter((part) => part !== '').join(' ');
}

function refusalOf({ problem, fields, state }: QueuedOperation): string {
  if (problem) return problem.message;
  return state === 'conflict' ? `changed by someone else: ${(fields ?? []).map(wireName).join(', ')}` : '';
}

async function dropFromQueue(
  call: Invocation,
  { all = false }: { readonly all?: boolean },
  wanted: readonly string[],
): Promise<void> {
  const app = await call.openOnly();
  if (all === wanted.length > 0) {
    throw new DtmError('usage', 'name the changes to drop, or --all', { hint: 'See them with: cf_cli queue list' });
  }
  const chosen = all ? app.queue() : wanted.map((text) => findQueued(app, text));
  if (chosen.length > 0) {
    const listed = chosen.slice(0, 3).map(whatOf).join('; ');
    const more = chosen.length > 3 ? `; and ${chosen.length - 3} more` : '';
    const along = fallingText(app, chosen);
    await call.prompts.confirm(`Give up ${counted(chosen.length, 'change')} for good (${listed}${more})${along}?`);
  }
  const dropped = await app.dropQueued(chosen.map(({ operation }) => operation.opId));
  const text = `dropped ${counted(dropped, 'change')}`;
  await call.output.item({ kind: 'queue', id: '', fields: { dropped }, text }, call.provenance(app));
}

/** What else would fall, since it only makes sense together with what is dropped. */
function fallingText(app: DtmApp, chosen: readonly QueuedOperation[]): string {
  const ids = new Set(chosen.map(({ operation }) => operation.opId));
  const falling = app.withDependents([...ids]).filter(({ opId }) => !ids.has(opId));
  const named = falling.slice(0, 3).map(({ kind, id }) => `${kind} ${id}`);
  const more = falling.length > 3 ? `; and ${falling.length - 3} more` : '';
  return falling.length > 0 ? `, and with ${ids.size === 1 ? 'it' : 'them'} ${named.join('; ')}${more}` : '';
}

async function showQueued(call: Invocation, _options: object, [text = '']: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  call.tellsOfStopped = false;
  const stopped = app.stopped.list().find((change) => isAbout(change, text));
  if (stopped) {
    const shown = describeStopped(stopped, call.output.colors);
    const item = { kind: 'operation', id: stopped.opId, fields: stoppedFields(stopped), text: shown };
    await call.output.item(item, call.provenance(app));
    call.output.note(nextStep(stopped));
    return;
  }
  const queued = findQueued(app, text);
  const { operation, state } = queued;
  const lines = [
    ['change', operation.opId],
    ['what', whatOf(queued)],
    ['state', state],
    ['by', `${operation.account}, ${localTime(operation.at)}`],
  ] as const;
  const shown = keyValueLines(lines, call.output.colors);
  await call.output.item(
    { kind: 'operation', id: operation.opId, fields: fieldsOf(queued), text: shown },
    call.provenance(app),
  );
}

function nextStep({ state, id, opId }: StoppedChange): string {
  if (state === 'conflict') return `decide with: cf_cli conflict resolve ${id}`;
  return `try again with: cf_cli queue retry ${id} --value FIELD=VALUE, or give it up with: cf_cli queue drop ${opId}`;
}

async function retryQueued(call: Invocation, options: ValueOptions, [text = '']: readonly string[]): Promise<number> {
  const app = await call.openForWriting();
  const change = findStopped(app.stopped.list(), text, listing);
  if (change.state === 'conflict') {
    throw new DtmError('conflict', `others have changed ${change.id} meanwhile: trying again would be refused again`, {
      hint: `Decide with: cf_cli conflict resolve ${change.id}`,
    });
  }
  const values = valuesOf(app, change, options);
  const { dropped, ...written } = await call.output.waiting(
    storing,
    app.stopped.resolve(change, { side: 'mine', values }),
  );
  return presentWritten(call, app, change.entity, change.id, 'retried', {
    ...written,
    changed: true,
    alsoChanged: dropped,
    warnings: [],
  });
}

/** Ids made in one second begin alike, so that their ends tell them apart. */
function findQueued(app: DtmApp, text: string): QueuedOperation {
  const wanted = text.toUpperCase();
  const found = app.queue().filter(({ operation: { opId } }) => opId === wanted || opId.endsWith(wanted));
  const [first] = wanted.length < shortestId ? [] : found;
  if (first && found.length === 1) return first;
  const problem = first ? `${text} could be ${found.length} different changes` : `no change ${text} is waiting`;
  throw new DtmError(first ? 'ambiguous-id' : 'not-found', problem, { hint: 'See them with: cf_cli queue list' });
}
