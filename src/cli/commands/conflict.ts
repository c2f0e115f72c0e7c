import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { DtmError } from '../../core/errors.ts';
import { contradictionOf, isBetweenEdits, type StoppedChange } from '../../core/stoppedChange.ts';
import type { Invocation } from '../invocation.ts';
import { ExitCode } from '../output/exitCodes.ts';
import { perform, type Runtime } from '../perform.ts';
import { addDecisionOptions, type DecisionOptions, decisionOf, findStopped } from '../stopped/decision.ts';
import { conflictColumns, describeStopped, nameOf, stoppedFields } from '../stopped/stoppedView.ts';
import { presentWritten, storing } from './entity/written.ts';

const listing = 'cf_cli conflict list';

export function buildConflict(noun: Command, runtime: Runtime): void {
  perform(noun.command('list').alias('ls').description('list them, oldest first'), runtime, listConflicts);
  const show = noun
    .command('show')
    .description('what was there before, what is mine and what is theirs, field by field')
    .argument('<id>', 'what it is about: an id or its beginning');
  perform(show, runtime, showConflict);
  const resolve = noun
    .command('resolve')
    .description('decide what is to be there')
    .argument('[id]', 'what it is about: an id or its beginning')
    .option('--all', 'every conflict between edits, with --mine or --theirs; deletions are decided one by one');
  addDecisionOptions(resolve);
  perform<ResolveOptions>(resolve, runtime, resolveConflicts);
}

interface ResolveOptions extends DecisionOptions {
  readonly all?: boolean;
}

function conflictsOf(app: DtmApp): readonly StoppedChange[] {
  return app.stopped.list().filter(({ state }) => state === 'conflict');
}

async function listConflicts(call: Invocation): Promise<void> {
  const app = await call.openOnly();
  call.tellsOfStopped = false;
  const rows = conflictsOf(app);
  await call.output.list<StoppedChange>(
    {
      kind: 'conflict',
      rows,
      total: rows.length,
      columns: conflictColumns,
      fieldsOf: stoppedFields,
      fieldNames: ['op_id', 'state', 'entity', 'id', 'name', 'contradiction', 'mine', 'theirs', 'problem', 'fields'],
      idOf: ({ id }) => id,
      whenEmpty: 'nothing contradicts what others have changed',
      moreHint: '',
    },
    call.provenance(app),
  );
}

async function showConflict(call: Invocation, _options: object, [text = '']: readonly string[]): Promise<void> {
  const app = await call.openOnly();
  call.tellsOfStopped = false;
  const change = findStopped(conflictsOf(app), text, listing);
  const item = { kind: 'conflict', id: change.id, fields: stoppedFields(change) };
  await call.output.item({ ...item, text: describeStopped(change, call.output.colors) }, call.provenance(app));
  call.output.note(`decide with: cf_cli conflict resolve ${change.id} ${choicesText(change)}`);
}

function choicesText(change: StoppedChange): string {
  if (isDeletion(change)) return '--keep-deleted or --bring-back';
  return isBetweenEdits(change) ? '--mine, --theirs or --take FIELD=mine' : '--value FIELD=VALUE';
}

function isDeletion(change: StoppedChange): boolean {
  return ['deleted-here', 'deleted-there'].includes(contradictionOf(change));
}

async function resolveConflicts(
  call: Invocation,
  { all = false, ...options }: ResolveOptions,
  [text]: readonly string[],
): Promise<number> {
  const app = await call.openForWriting();
  if (all === (text !== undefined)) {
    throw new DtmError('usage', 'name what to decide about, or --all', { hint: `See them with: ${listing}` });
  }
  if (all) return resolveAll(call, app, options);
  return resolveOne(call, app, findStopped(conflictsOf(app), text ?? '', listing), options);
}

async function resolveOne(
  call: Invocation,
  app: DtmApp,
  change: StoppedChange,
  options: DecisionOptions,
): Promise<number> {
  const decision = decisionOf(app, change, isDeletion(change), options);
  if (contradictionOf(change) === 'create' && decision.side === 'theirs') throw onlyHere(change);
  const { dropped, ...written } = await call.output.waiting(storing, app.stopped.resolve(change, decision));
  const result = { ...written, changed: true, alsoChanged: dropped, warnings: [] };
  return presentWritten(call, app, change.entity, change.id, 'resolved', result);
}

function onlyHere({ id, opId }: StoppedChange): DtmError {
  return new DtmError('usage', `${id} is nowhere else: there is nothing of the others to take`, {
    hint: `Give it another value with --value FIELD=VALUE, or give it up with: cf_cli queue drop ${opId}`,
  });
}

/** What cannot be decided this way stays, and is told. */
async function resolveAll(call: Invocation, app: DtmApp, options: DecisionOptions): Promise<number> {
  const { mine = false, theirs = false } = options;
  if (mine === theirs || options.take || options.value || options.keepDeleted || options.bringBack) {
    throw new DtmError('usage', '--all goes with --mine or --theirs alone', { hint: `See each with: ${listing}` });
  }
  const resolved: string[] = [];
  for (const change of conflictsOf(app).filter(isBetweenEdits)) {
    try {
      await call.output.waiting(storing, app.stopped.resolve(change, { side: mine ? 'mine' : 'theirs' }));
      resolved.push(change.id);
    } catch (error) {
      call.output.warn(`${change.id} ${nameOf(change)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const left = conflictsOf(app).map(({ id }) => id);
  const text = `resolved ${resolved.length}, left ${left.length}`;
  await call.output.item(
    { kind: 'conflict', id: resolved.join('\n'), fields: { resolved, left }, text },
    call.provenance(app),
  );
  return left.length > 0 ? ExitCode.conflict : ExitCode.ok;
}
