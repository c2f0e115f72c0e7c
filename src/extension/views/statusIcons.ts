import { ThemeColor, ThemeIcon } from 'vscode';
import type { EntityKind } from '../../core/ids.ts';
import type { ProjectStatus } from '../../core/project.ts';
import type { SprintStatus } from '../../core/sprint.ts';
import type { TaskStatus } from '../../core/task.ts';

interface Icon {
  readonly id: string;
  readonly color?: string;
}

const green = 'charts.green';
const blue = 'charts.blue';
const red = 'charts.red';
const purple = 'charts.purple';
const faint = 'disabledForeground';

const taskIcons: Readonly<Record<TaskStatus, Icon>> = {
  new: { id: 'circle-outline' },
  ready: { id: 'circle-large-outline' },
  active: { id: 'record', color: blue },
  in_progress: { id: 'play-circle', color: blue },
  blocked: { id: 'error', color: red },
  review: { id: 'eye', color: purple },
  done: { id: 'pass-filled', color: green },
  dropped: { id: 'circle-slash', color: faint },
};

const stageIcons: Readonly<Record<SprintStatus & ProjectStatus, Icon>> = {
  new: { id: 'circle-outline' },
  pending: { id: 'watch' },
  assigned: { id: 'account' },
  active: { id: 'play-circle', color: blue },
  in_progress: { id: 'play-circle', color: blue },
  blocked: { id: 'error', color: red },
  completed: { id: 'pass-filled', color: green },
  closed: { id: 'archive', color: faint },
  cancelled: { id: 'circle-slash', color: faint },
};

const sprintIcons: Readonly<Record<SprintStatus, Icon>> = { ...stageIcons, new: { id: 'calendar' } };
const projectIcons: Readonly<Record<ProjectStatus, Icon>> = {
  ...stageIcons,
  new: { id: 'project' },
  active: { id: 'project', color: blue },
  in_progress: { id: 'project', color: blue },
  paused: { id: 'debug-pause' },
};

const icons: Readonly<Record<EntityKind, Readonly<Record<string, Icon>>>> = {
  task: taskIcons,
  sprint: sprintIcons,
  project: projectIcons,
};

/** The icon of an entity's status; its text always stands beside it, so that colour says nothing alone. */
export function statusIcon(kind: EntityKind, status: string): ThemeIcon {
  const icon = icons[kind][status] ?? { id: 'question' };
  return new ThemeIcon(icon.id, icon.color === undefined ? undefined : new ThemeColor(icon.color));
}

/** Stands for the status of a task whose due date has passed; the status itself stands beside it in words. */
export function overdueIcon(): ThemeIcon {
  return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
}
