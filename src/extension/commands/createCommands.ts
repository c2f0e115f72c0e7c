import { l10n } from 'vscode';
import type { Draft } from '../../core/draft.ts';
import type { EntityKind } from '../../core/ids.ts';
import { runSteps, type Step } from '../prompts/steps.ts';
import { daysLater, localDay } from '../views/progress.ts';
import { chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { CommandTable, Target } from './commandTable.ts';
import { fieldProblem, fromInput } from './fieldInput.ts';
import { choosePlace, ensureProject, placeOfTarget } from './place.ts';
import { throughGates } from './throughGates.ts';

type CreateCommands = Pick<
  CommandTable,
  'dtm.createProject' | 'dtm.createSprint' | 'dtm.createTask' | 'dtm.createSubtask'
>;

/** Creating projects, sprints, tasks: every answer is gathered first, then one thing is made. */
export function createCommands(context: CommandContext): CreateCommands {
  return {
    'dtm.createProject': () => createProject(context),
    'dtm.createSprint': (target) => createSprint(context, target),
    'dtm.createTask': (target) => createTask(context, target),
    'dtm.createSubtask': (target) => createSubtask(context, target),
  };
}

async function createProject(context: CommandContext): Promise<void> {
  const draft: Record<string, unknown> = {};
  const title = l10n.t('Create Project');
  await runSteps([
    fieldStep(context, draft, { kind: 'project', field: 'name', title, prompt: l10n.t('What is the project called?') }),
    fieldStep(context, draft, {
      kind: 'project',
      field: 'mission',
      title,
      prompt: l10n.t('What is it for? (Enter alone leaves it open)'),
    }),
  ]);
  await create(context, 'project', draft);
  const { binding } = await context.host.ready();
  if (binding.current?.projects) {
    void context.person.inform(l10n.t('It was added to the projects that this workspace is limited to.'));
  }
}

async function createSprint(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const title = l10n.t('Create Sprint');
  const given = placeOfTarget(tracker, target)?.projectId;
  const today = localDay(new Date());
  const draft: Record<string, unknown> = { projectId: given, startDate: today, endDate: daysLater(today, 13) };
  const whichProject: Step = async (position) => {
    const place = await choosePlace(context, tracker, { title, position, projectsOnly: true });
    draft.projectId = place.projectId;
  };
  await runSteps([
    fieldStep(context, draft, { kind: 'sprint', field: 'name', title, prompt: l10n.t('What is the sprint called?') }),
    ...(given === undefined && tracker.count('project') > 0 ? [whichProject] : []),
    fieldStep(context, draft, {
      kind: 'sprint',
      field: 'startDate',
      title,
      prompt: l10n.t('On which day does it start? (year-month-day; empty: not known yet)'),
    }),
    fieldStep(context, draft, {
      kind: 'sprint',
      field: 'endDate',
      title,
      prompt: l10n.t('On which day does it end? (year-month-day; empty: not known yet)'),
      problem: (text) => endProblem(draft.startDate, text),
    }),
  ]);
  draft.projectId ??= await ensureProject(context, tracker);
  await create(context, 'sprint', draft);
}

function endProblem(start: unknown, end: string): string | undefined {
  const isEarly = typeof start === 'string' && end.trim() !== '' && end.trim() < start;
  return isEarly ? l10n.t('Not before it starts ({0}).', start) : undefined;
}

async function createTask(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const title = l10n.t('Create Task');
  const given = placeOfTarget(tracker, target);
  const draft: Record<string, unknown> = { ...given };
  const where: Step = async (position) => {
    Object.assign(draft, await choosePlace(context, tracker, { title, position, projectsOnly: false }));
  };
  await runSteps([
    fieldStep(context, draft, { kind: 'task', field: 'title', title, prompt: l10n.t('What is to be done?') }),
    ...(given === undefined && tracker.count('project') > 0 ? [where] : []),
  ]);
  draft.projectId ??= await ensureProject(context, tracker);
  await create(context, 'task', draft);
}

async function createSubtask(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const title = l10n.t('Create Subtask');
  const { entity: parent } = await chooseEntity(tracker, context.person, target, { kinds: ['task'], title });
  const draft: Record<string, unknown> = {
    parentId: parent.id,
    projectId: parent.projectId,
    sprintId: parent.sprintId,
  };
  const prompt = l10n.t('What is to be done for “{0}”?', parent.title);
  await runSteps([fieldStep(context, draft, { kind: 'task', field: 'title', title, prompt })]);
  await create(context, 'task', draft);
}

interface FieldQuestion {
  readonly kind: EntityKind;
  readonly field: string;
  readonly title: string;
  readonly prompt: string;
  /** What is wrong beyond the field's own schema. */
  readonly problem?: (text: string) => string | undefined;
}

/** Asks for one field, with what the draft already says in the box. */
function fieldStep(context: CommandContext, draft: Record<string, unknown>, question: FieldQuestion): Step {
  const { kind, field, title, prompt } = question;
  return async (position) => {
    const validate = (text: string) => fieldProblem(kind, field, text) ?? question.problem?.(text);
    const value = typeof draft[field] === 'string' ? draft[field] : '';
    draft[field] = fromInput(kind, field, await context.person.text({ title, prompt, position, value, validate }));
  };
}

async function create(context: CommandContext, kind: EntityKind, draft: Draft): Promise<void> {
  const { tracker } = await context.host.ready();
  await throughGates({
    ...context,
    write: (options) => tracker.create(kind, draft, options),
    done: async ({ entity }) => {
      if (entity) await context.reveal(kind, entity.id);
    },
  });
}
