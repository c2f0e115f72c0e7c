import { l10n } from 'vscode';
import type { TrackerService } from '../../app/trackerService.ts';
import { isFinished } from '../../core/lifecycle.ts';
import type { Project } from '../../core/project.ts';
import type { Choice, StepPosition } from '../prompts/person.ts';
import { everything } from '../views/everything.ts';
import { compareProjects, compareSprints } from '../views/ordering.ts';
import { statusText } from '../views/words.ts';
import { idOfTarget } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { Target } from './commandTable.ts';

/** Where a new task belongs. */
export interface Place {
  readonly projectId: string;
  readonly sprintId: string | null;
}

/** The place that the chosen node of a tree stands for: a project, a sprint, a backlog, or where a task is. */
export function placeOfTarget(tracker: TrackerService, target: Target): Place | undefined {
  const backlog = backlogOf(target);
  if (backlog !== undefined) return { projectId: backlog, sprintId: null };
  const id = idOfTarget(target);
  if (id === undefined) return undefined;
  if (tracker.get('project', id)) return { projectId: id, sprintId: null };
  const sprint = tracker.get('sprint', id);
  if (sprint) return { projectId: sprint.projectId, sprintId: id };
  const task = tracker.get('task', id);
  return task && { projectId: task.projectId, sprintId: task.sprintId };
}

function backlogOf(target: Target): string | undefined {
  const group = typeof target === 'object' && target !== null && 'group' in target ? target.group : undefined;
  const id = typeof group === 'object' && group !== null && 'projectId' in group ? group.projectId : undefined;
  return typeof id === 'string' ? id : undefined;
}

export interface PlaceQuestion {
  readonly title: string;
  readonly position: StepPosition;
  readonly projectsOnly: boolean;
}

/** Asks for the project, or for a sprint or the backlog of one. */
export async function choosePlace(
  context: CommandContext,
  tracker: TrackerService,
  { title, position, projectsOnly }: PlaceQuestion,
): Promise<Place> {
  const projects = [...everything(tracker, 'project')].sort(compareProjects);
  const open = projects.filter((project) => !isFinished('project', project.status));
  const choices = (open.length > 0 ? open : projects).flatMap((project) =>
    projectsOnly ? [projectChoice(project)] : placesOf(tracker, project),
  );
  const placeholder = projectsOnly ? l10n.t('In which project?') : l10n.t('In which sprint or backlog?');
  return context.person.pick({ title, position, placeholder, choices });
}

function projectChoice(project: Project): Choice<Place> {
  const value = { projectId: project.id, sprintId: null };
  return { label: project.name, description: statusText(project.status), value, icon: 'project' };
}

/** The open sprints of a project, the active ones first, then its backlog. */
function placesOf(tracker: TrackerService, project: Project): Choice<Place>[] {
  const sprints = [...tracker.sprintsOf(project.id)]
    .filter((sprint) => !isFinished('sprint', sprint.status))
    .sort(compareSprints);
  const group = project.name;
  return [
    ...sprints.map((sprint) => ({
      label: sprint.name,
      description: `${project.name} · ${statusText(sprint.status)}`,
      value: { projectId: project.id, sprintId: sprint.id },
      icon: 'calendar',
      group,
    })),
    {
      label: l10n.t('Backlog'),
      description: project.name,
      value: { projectId: project.id, sprintId: null },
      icon: 'inbox',
      group,
    },
  ];
}

/** The project for something that was given none: the only one there is, else a new "Inbox"; the person is told. */
export async function ensureProject(context: CommandContext, tracker: TrackerService): Promise<string> {
  const { entity } = await tracker.create('project', { name: l10n.t('Inbox') });
  if (!entity) throw new Error('a created project is not there');
  void context.person.inform(l10n.t('There was no project yet, so “{0}” was made for it.', entity.name));
  return entity.id;
}
