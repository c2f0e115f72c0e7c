import { l10n } from 'vscode';
import type { TrackerService } from '../../app/trackerService.ts';
import { defaultOf } from '../../core/draft.ts';
import { type Entity, fieldValue } from '../../core/entity.ts';
import type { EntityKind } from '../../core/ids.ts';
import { enumValues } from '../../core/query.ts';
import type { Choice, StepPosition } from '../prompts/person.ts';
import { runSteps } from '../prompts/steps.ts';
import { firstLine } from '../views/escapeMarkdown.ts';
import { compareSprints } from '../views/ordering.ts';
import { fieldText, kindText, statusText } from '../views/words.ts';
import { chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { Target } from './commandTable.ts';
import { fieldProblem, fromInput, toInput } from './fieldInput.ts';
import { throughGates } from './throughGates.ts';

/** The fields that one line or one choice can hold; status has a command of its own. */
const editable: Readonly<Record<EntityKind, readonly string[]>> = {
  project: ['name', 'mission', 'owner', 'startDate', 'targetEndDate', 'labels', 'repositories'],
  sprint: ['name', 'goal', 'startDate', 'endDate', 'cadence', 'owner', 'velocityTargetPoints', 'committedPoints'],
  task: [
    'title',
    'description',
    'priority',
    'sprintId',
    'owner',
    'assignees',
    'estimatePoints',
    'dueAt',
    'labels',
    'workType',
    'severity',
    'actualHours',
  ],
};

/** Edits one field: which one, then its new value. */
export async function editEntity(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const kinds = ['task', 'sprint', 'project'] as const;
  const chosen = await chooseEntity(tracker, context.person, target, { kinds, title: l10n.t('Edit') });
  const { kind, entity } = chosen;
  const title = l10n.t('Edit {0} {1}', kindText(kind), entity.id);
  let field = '';
  let value: unknown;
  await runSteps([
    async (position) => {
      const placeholder = l10n.t('Which field?');
      field = await context.person.pick({ title, placeholder, position, choices: fieldChoices(tracker, kind, entity) });
    },
    async (position) => {
      value = await askValue({ context, tracker, kind, entity, field, title, position });
    },
  ]);
  await throughGates({ ...context, write: (how) => tracker.update(kind, entity.id, { [field]: value }, how) });
}

function fieldChoices(tracker: TrackerService, kind: EntityKind, entity: Entity): Choice<string>[] {
  return editable[kind]
    .filter((field) => !isLong(fieldValue(entity, field)))
    .map((field) => ({
      label: fieldText(field),
      description: shownValue(tracker, field, fieldValue(entity, field)),
      value: field,
    }));
}

/** An input box would silently join the lines of such a text. */
function isLong(value: unknown): boolean {
  return typeof value === 'string' && /[\r\n]/.test(value);
}

function shownValue(tracker: TrackerService, field: string, value: unknown): string {
  if (field === 'sprintId') return value === null ? l10n.t('Backlog') : sprintName(tracker, String(value));
  const text = toInput(field, value);
  return text === '' ? l10n.t('(empty)') : firstLine(text, 120);
}

function sprintName(tracker: TrackerService, id: string): string {
  return tracker.get('sprint', id)?.name ?? id;
}

interface ValueQuestion {
  readonly context: CommandContext;
  readonly tracker: TrackerService;
  readonly kind: EntityKind;
  readonly entity: Entity;
  readonly field: string;
  readonly title: string;
  readonly position: StepPosition;
}

async function askValue(question: ValueQuestion): Promise<unknown> {
  const { context, kind, entity, field, title, position } = question;
  const choices = valueChoices(question);
  const present = fieldValue(entity, field);
  if (choices) {
    const placeholder = fieldText(field);
    return context.person.pick<unknown>({ title, placeholder, choices, position, preselected: present });
  }
  const text = await context.person.text({
    title,
    prompt: promptOf(field),
    position,
    value: toInput(field, present),
    validate: (typed) => fieldProblem(kind, field, typed) ?? dateOrderProblem(entity, field, typed),
  });
  return fromInput(kind, field, text);
}

function valueChoices({ tracker, kind, entity, field }: ValueQuestion): Choice<unknown>[] | undefined {
  if (field === 'sprintId' && 'projectId' in entity) return sprintChoices(tracker, entity.projectId);
  const values = enumValues(kind, field);
  if (!values) return undefined;
  const none = { label: l10n.t('(none)'), value: null };
  return [...values.map((value) => ({ label: value, value })), ...(defaultOf(kind, field) === null ? [none] : [])];
}

function sprintChoices(tracker: TrackerService, projectId: string): Choice<unknown>[] {
  const sprints = [...tracker.sprintsOf(projectId)].sort(compareSprints);
  return [
    ...sprints.map((sprint) => ({ label: sprint.name, description: statusText(sprint.status), value: sprint.id })),
    { label: l10n.t('Backlog'), value: null },
  ];
}

function promptOf(field: string): string {
  const name = fieldText(field);
  if (['labels', 'assignees', 'repositories'].includes(field)) return l10n.t('{0}, separated by commas', name);
  const isDay = field === 'dueAt' || field.endsWith('Date');
  return isDay ? l10n.t('{0} (year-month-day; empty: none)', name) : name;
}

/** Says at once what the tracker would refuse: an end before its start. */
function dateOrderProblem(entity: Entity, field: string, typed: string): string | undefined {
  const text = typed.trim();
  const start = fieldValue(entity, 'startDate');
  const end = fieldValue(entity, 'endDate') ?? fieldValue(entity, 'targetEndDate');
  if (text === '') return undefined;
  if (field === 'startDate' && typeof end === 'string' && text > end) return l10n.t('Not after it ends ({0}).', end);
  const isEnd = field === 'endDate' || field === 'targetEndDate';
  return isEnd && typeof start === 'string' && text < start ? l10n.t('Not before it starts ({0}).', start) : undefined;
}
