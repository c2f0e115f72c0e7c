import { l10n } from 'vscode';
import type { TrackerService, WriteOptions, Written } from '../../app/trackerService.ts';
import type { Draft } from '../../core/draft.ts';
import { type Entity, fieldValue, labelOf } from '../../core/entity.ts';
import { DtmError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/ids.ts';
import { canStep, isFinished, isReopening, nextStatuses, requiredField, statusPath } from '../../core/lifecycle.ts';
import { runSteps } from '../prompts/steps.ts';
import { fieldText, kindText, statusText, statusTitle } from '../views/words.ts';
import { type Chosen, chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { CommandTable, Target } from './commandTable.ts';
import { fieldProblem, fromInput } from './fieldInput.ts';
import { throughGates } from './throughGates.ts';

type StatusCommands = Pick<CommandTable, 'dtm.setStatus' | 'dtm.start' | 'dtm.complete' | 'dtm.reopen'>;

const everyKind = ['task', 'sprint', 'project'] as const;
const startedStatus = { task: 'in_progress', sprint: 'active', project: 'active' } as const;
const completedStatus = { task: 'done', sprint: 'completed', project: 'completed' } as const;

/** Leading entities along their lifecycle; what a status requires is asked for. */
export function statusCommands(context: CommandContext): StatusCommands {
  return {
    'dtm.setStatus': (target) => setStatus(context, target),
    'dtm.start': (target) => moveTo(context, target, l10n.t('Start'), (kind) => startedStatus[kind]),
    'dtm.complete': (target) => moveTo(context, target, l10n.t('Complete'), (kind) => completedStatus[kind]),
    'dtm.reopen': (target) => reopen(context, target),
  };
}

async function setStatus(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const title = l10n.t('Set Status');
  const chosen = await chooseEntity(tracker, context.person, target, { kinds: everyKind, title });
  const { kind, entity } = chosen;
  const choices = allowedStatuses(kind, entity.status).map((status) => ({ label: statusTitle(status), value: status }));
  if (choices.length === 0) throw staysSo(chosen);
  const placeholder = l10n.t('“{0}” is {1} and becomes', labelOf(entity), statusText(entity.status));
  let status = '';
  let required: Draft = {};
  await runSteps([
    async () => {
      status = await context.person.pick({ title, placeholder, choices });
    },
    async () => {
      required = await askRequired(context, chosen, [status], title);
    },
  ]);
  await throughGates({ ...context, write: (how) => tracker.update(kind, entity.id, { status, ...required }, how) });
}

function allowedStatuses(kind: EntityKind, from: string): readonly string[] {
  return isReopening(kind, from, 'ready') ? ['ready'] : nextStatuses(kind, from);
}

function staysSo({ kind, entity }: Chosen): DtmError {
  return new DtmError(
    'illegal-transition',
    l10n.t('A {0} that is {1} stays so', kindText(kind), statusText(entity.status)),
    { hint: l10n.t('Create a new one where the work goes on.') },
  );
}

async function moveTo(
  context: CommandContext,
  target: Target,
  title: string,
  goal: (kind: EntityKind) => string,
): Promise<void> {
  const { tracker } = await context.host.ready();
  const suits = (entity: Entity) => !isFinished(kindOf(entity), entity.status);
  const chosen = await chooseEntity(tracker, context.person, target, { kinds: everyKind, title, suits });
  const status = goal(chosen.kind);
  const path = statusPath(chosen.kind, chosen.entity.status, status) ?? [status];
  const required = await askRequired(context, chosen, path, title);
  await throughGates({ ...context, write: (how) => lead(tracker, chosen, status, required, how) });
}

/** A single step carries what it requires in the same operation; before a longer way it must stand already. */
function lead(
  tracker: TrackerService,
  { kind, entity }: Chosen,
  status: string,
  needed: Draft,
  how: WriteOptions,
): Promise<Written> {
  if (canStep(kind, entity.status, status)) return tracker.update(kind, entity.id, { status, ...needed }, how);
  return tracker.moveTo(kind, entity.id, status, { ...how, needed });
}

async function reopen(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const suits = (entity: Entity) => isFinished('task', entity.status);
  const options = { kinds: ['task'] as const, title: l10n.t('Reopen'), suits };
  const { entity } = await chooseEntity(tracker, context.person, target, options);
  await throughGates({ ...context, write: (how) => tracker.reopen(entity.id, how) });
}

/** Asks for what the statuses on the way cannot be without and the entity has not: a reason, an owner. */
async function askRequired(
  context: CommandContext,
  { kind, entity }: Chosen,
  statuses: readonly string[],
  title: string,
): Promise<Draft> {
  const draft: Record<string, unknown> = {};
  for (const status of statuses) {
    const field = requiredField(kind, status);
    if (field === undefined || field in draft) continue;
    const present = fieldValue(entity, field);
    if (field === 'owner' && typeof present === 'string' && present.trim() !== '') continue;
    draft[field] = await askReason(context, { kind, field, status, title, value: await suggestion(context, field) });
  }
  return draft;
}

interface ReasonQuestion {
  readonly kind: EntityKind;
  readonly field: string;
  readonly status: string;
  readonly title: string;
  readonly value: string;
}

async function askReason(context: CommandContext, question: ReasonQuestion): Promise<unknown> {
  const { kind, field, status, title, value } = question;
  const prompt =
    field === 'owner'
      ? l10n.t('Who owns it? A {0} that is {1} needs an owner.', kindText(kind), statusText(status))
      : l10n.t('{0}:', fieldText(field));
  const validate = (text: string) =>
    text.trim() === '' ? l10n.t('Something must stand here.') : fieldProblem(kind, field, text);
  return fromInput(kind, field, await context.person.text({ title, prompt, value, validate }));
}

async function suggestion(context: CommandContext, field: string): Promise<string> {
  if (field !== 'owner') return '';
  const app = await context.host.ready();
  return app.binding.current?.account ?? '';
}

function kindOf(entity: Entity): EntityKind {
  if ('title' in entity) return 'task';
  return 'projectId' in entity ? 'sprint' : 'project';
}
