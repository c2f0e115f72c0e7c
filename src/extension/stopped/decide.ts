import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { Resolution, Side } from '../../core/resolution.ts';
import {
  contradictionOf,
  type FieldChoice,
  fieldChoices,
  isBetweenEdits,
  type StoppedChange,
} from '../../core/stoppedChange.ts';
import type { AppHost } from '../appHost.ts';
import type { CommandTable, Target } from '../commands/commandTable.ts';
import type { Choice, Person } from '../prompts/person.ts';
import { fieldText } from '../views/words.ts';
import { stoppedName, stoppedSummary, stoppedTitle, valueText } from './stoppedText.ts';
import { askOtherValue, canBeAsked } from './stoppedValue.ts';

export interface DecideContext {
  readonly host: AppHost;
  readonly person: Person;
  readonly documents: { compare(change: StoppedChange): Promise<void> };
}

/** Deciding about what the server did not take, with the keyboard alone. */
export function stoppedCommands(context: DecideContext): Pick<CommandTable, 'dtm.resolveConflicts'> {
  return { 'dtm.resolveConflicts': async (target) => decideAbout(context, await context.host.ready(), target) };
}

type Step = 'compare' | 'each' | 'other' | 'give-up' | Side;

async function decideAbout(context: DecideContext, app: DtmApp, target: Target): Promise<void> {
  const { person, documents } = context;
  const change = await choose(app, person, target);
  if (!change) return;
  for (;;) {
    const step = await person.pick<Step>({
      title: stoppedTitle(change),
      placeholder: change.problem?.message ?? stoppedSummary(change),
      choices: stepsOf(change),
    });
    if (step === 'compare') await documents.compare(change);
    else return carryOut(app, person, change, step);
  }
}

async function choose(app: DtmApp, person: Person, target: Target): Promise<StoppedChange | undefined> {
  const changes = app.stopped.list();
  const wanted = changes.find(({ opId }) => opId === opIdOf(target));
  const [only] = changes;
  if (wanted || !only || changes.length === 1) {
    if (!only) void person.inform(l10n.t('There is nothing to decide: the server took every change, or waits for it.'));
    return wanted ?? only;
  }
  return person.pick({
    title: l10n.t('Resolve Conflicts'),
    placeholder: l10n.t('Decide about which change?'),
    choices: changes.map((change) => ({
      label: stoppedName(change),
      description: `${change.id} · ${stoppedSummary(change)}`,
      detail: change.problem?.message,
      value: change,
    })),
  });
}

/** What a tree item hands over. */
function opIdOf(target: Target): unknown {
  return typeof target === 'object' && target !== null && 'opId' in target ? target.opId : undefined;
}

function stepsOf(change: StoppedChange): Choice<Step>[] {
  const kind = contradictionOf(change);
  const compare: Choice<Step> = { label: l10n.t('Compare'), icon: 'diff', value: 'compare' };
  const contradicting = fieldChoices(change).filter(({ contradicts }) => contradicts);
  if (isBetweenEdits(change)) return [compare, ...sideSteps(contradicting)];
  // Otherwise something else stands in the way, such as a sprint that was deleted.
  if (change.state === 'rejected' || kind === 'create' || kind === 'fields') return againSteps(change);
  const kept: Choice<Step> = { label: l10n.t('Keep It Deleted'), icon: 'trash', value: 'mine' };
  const back: Choice<Step> = { label: l10n.t('Bring It Back'), icon: 'history', value: 'theirs' };
  if (kind === 'deleted-here') return [compare, kept, back];
  return [compare, { ...kept, value: 'theirs' }, { ...back, value: 'mine' }];
}

function againSteps(change: StoppedChange): Choice<Step>[] {
  const again: Choice<Step> = { label: l10n.t('Try Again'), icon: 'refresh', value: 'mine' };
  const other: Choice<Step> = { label: l10n.t('Try Again with Another Value…'), icon: 'edit', value: 'other' };
  const giveUp: Choice<Step> = { label: l10n.t('Give Up My Change…'), icon: 'discard', value: 'give-up' };
  const hasValues = contradictionOf(change) !== 'deleted-here' && fieldChoices(change).some(canBeAsked);
  return [again, ...(hasValues ? [other] : []), giveUp];
}

function sideSteps(contradicting: readonly FieldChoice[]): Choice<Step>[] {
  const detail = l10n.t('What only one side changed stays as it is.');
  const description = contradicting.map(({ field }) => fieldText(field)).join(', ');
  return [
    { label: l10n.t('Take Mine'), icon: 'arrow-right', detail, value: 'mine' },
    { label: l10n.t('Take Theirs'), icon: 'arrow-left', detail, value: 'theirs' },
    { label: l10n.t('Choose for Each Field…'), icon: 'list-selection', description, value: 'each' },
  ];
}

async function carryOut(
  app: DtmApp,
  person: Person,
  change: StoppedChange,
  step: Exclude<Step, 'compare'>,
): Promise<void> {
  if (step === 'give-up') await confirmGivingUp(app, person, change);
  await app.stopped.resolve(change, await resolutionOf(app, person, change, step));
}

async function resolutionOf(
  app: DtmApp,
  person: Person,
  change: StoppedChange,
  step: Exclude<Step, 'compare'>,
): Promise<Resolution> {
  if (step === 'each') return askEach(app, person, change);
  if (step === 'other') return { side: 'mine', values: await askOther(app, person, change) };
  if (step !== 'give-up') return { side: step };
  const all = fieldChoices(change).map(({ field }) => [field, 'theirs'] as const);
  return { side: 'theirs', fields: Object.fromEntries(all) };
}

async function confirmGivingUp(app: DtmApp, person: Person, change: StoppedChange): Promise<void> {
  const own = new Set(change.operations);
  const isAlone = contradictionOf(change) === 'create';
  const falling = isAlone ? app.withDependents([change.opId]).filter((operation) => !own.has(operation)) : [];
  const names = [...new Set(falling.map(({ id }) => id))].join(', ');
  await person.confirm({
    message: l10n.t('Give up your change of “{0}” for good?', stoppedName(change)),
    detail: names === '' ? l10n.t('This cannot be undone.') : l10n.t('With it falls what depends on it: {0}.', names),
    action: l10n.t('Give Up'),
    isGrave: true,
  });
}

/** Asks field by field, those that both sides changed. */
async function askEach(app: DtmApp, person: Person, change: StoppedChange): Promise<Resolution> {
  const fields: Record<string, Side> = {};
  const values: Record<string, unknown> = {};
  for (const choice of fieldChoices(change).filter(({ contradicts }) => contradicts)) {
    const { field } = choice;
    const side = await person.pick<Side | 'other'>({
      title: stoppedTitle(change),
      placeholder: l10n.t('{0} (before: {1})', fieldText(field), valueText(field, choice.base)),
      choices: fieldSides(choice),
    });
    if (side === 'other') values[field] = await askOtherValue(app, person, change, choice);
    else fields[field] = side;
  }
  return { side: 'mine', fields, values };
}

function fieldSides(choice: FieldChoice): Choice<Side | 'other'>[] {
  const { field, mine, theirs } = choice;
  const other = { label: l10n.t('Another Value…'), icon: 'edit', value: 'other' as const };
  return [
    { label: l10n.t('Mine'), description: valueText(field, mine), icon: 'arrow-right', value: 'mine' },
    { label: l10n.t('Theirs'), description: valueText(field, theirs), icon: 'arrow-left', value: 'theirs' },
    ...(canBeAsked(choice) ? [other] : []),
  ];
}

async function askOther(app: DtmApp, person: Person, change: StoppedChange): Promise<Record<string, unknown>> {
  const choice = await person.pick({
    title: stoppedTitle(change),
    placeholder: l10n.t('Which field gets another value?'),
    choices: fieldChoices(change)
      .filter(canBeAsked)
      .map((one) => ({ label: fieldText(one.field), description: valueText(one.field, one.mine), value: one })),
  });
  return { [choice.field]: await askOtherValue(app, person, change, choice) };
}
