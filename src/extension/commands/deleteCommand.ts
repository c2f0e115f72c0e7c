import { l10n } from 'vscode';
import type { TrackerService } from '../../app/trackerService.ts';
import { labelOf } from '../../core/entity.ts';
import type { Dependents } from '../../core/expand.ts';
import type { Task } from '../../core/task.ts';
import { countText, kindText } from '../views/words.ts';
import { type Chosen, chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { Target } from './commandTable.ts';
import type { Guard } from './guard.ts';

/** Deletes, and offers to take it back; only a project that has something in it is asked about first. */
export async function deleteEntity(context: CommandContext, guard: Guard, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const kinds = ['task', 'sprint', 'project'] as const;
  const chosen = await chooseEntity(tracker, context.person, target, { kinds, title: l10n.t('Delete') });
  const { kind, entity } = chosen;
  const dependents = tracker.dependentsOf(kind, entity.id);
  const cascade = kind === 'project' && dependents.sprints.length + dependents.tasks.length > 0;
  if (cascade) await context.person.confirm(cascadeQuestion(labelOf(entity), dependents));
  await tracker.delete(kind, entity.id, { cascade });
  // Not awaited: the notification may stand there for long, and the command is done.
  void guard('dtm.undoDelete', () => offerUndo(context, tracker, chosen, dependents));
}

function cascadeQuestion(name: string, { sprints, tasks }: Dependents) {
  return {
    message: l10n.t('Delete “{0}” with everything in it?', name),
    detail: l10n.t('Deleted with it: {0}, {1}.', countText('sprint', sprints.length), countText('task', tasks.length)),
    action: l10n.t('Delete All'),
    isGrave: true,
  };
}

async function offerUndo(
  context: CommandContext,
  tracker: TrackerService,
  chosen: Chosen,
  dependents: Dependents,
): Promise<void> {
  const undo = l10n.t('Undo');
  const what = l10n.t('Deleted {0} “{1}”.', kindText(chosen.kind), labelOf(chosen.entity));
  if ((await context.person.inform(what, undo)) === undo) await restore(tracker, chosen, dependents);
}

/** Brings back what was deleted, parents first, and what a sprint had let go. */
async function restore(tracker: TrackerService, chosen: Chosen, { sprints, tasks }: Dependents): Promise<void> {
  await restoreOne(tracker, chosen);
  if (chosen.kind === 'sprint') {
    for (const task of tasks) await tracker.update('task', task.id, { sprintId: chosen.entity.id });
  }
  if (chosen.kind !== 'project') return;
  for (const sprint of sprints) await tracker.restore('sprint', sprint);
  for (const task of referredFirst(tasks)) await tracker.restore('task', task);
}

/** Each case on its own: the kind and the entity belong together. */
async function restoreOne(tracker: TrackerService, chosen: Chosen): Promise<void> {
  if (chosen.kind === 'task') await tracker.restore('task', chosen.entity);
  else if (chosen.kind === 'sprint') await tracker.restore('sprint', chosen.entity);
  else await tracker.restore('project', chosen.entity);
}

/** Tasks in an order in which each comes after those that it refers to; the tracker refuses any other. */
function referredFirst(tasks: readonly Task[]): Task[] {
  const waiting = new Map(tasks.map((task) => [task.id, task]));
  const ordered: Task[] = [];
  const visit = (task: Task): void => {
    if (!waiting.delete(task.id)) return;
    for (const id of [task.parentId, ...task.dependsOn]) {
      const other = id === null ? undefined : waiting.get(id);
      if (other) visit(other);
    }
    ordered.push(task);
  };
  for (const task of tasks) visit(task);
  return ordered;
}
