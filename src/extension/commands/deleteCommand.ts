import { l10n } from 'vscode';
import { labelOf } from '../../core/entity.ts';
import type { Dependents } from '../../core/expand.ts';
import { undoChange } from '../undo/undoCommands.ts';
import { countText, kindText } from '../views/words.ts';
import { type Chosen, chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { Target } from './commandTable.ts';

/** Deletes, and offers to take it back; only a project that has something in it is asked about first. */
export async function deleteEntity(context: CommandContext, target: Target): Promise<void> {
  const { tracker } = await context.host.ready();
  const kinds = ['task', 'sprint', 'project'] as const;
  const chosen = await chooseEntity(tracker, context.person, target, { kinds, title: l10n.t('Delete') });
  const { kind, entity } = chosen;
  const dependents = tracker.dependentsOf(kind, entity.id);
  const cascade = kind === 'project' && dependents.sprints.length + dependents.tasks.length > 0;
  if (cascade) await context.person.confirm(cascadeQuestion(labelOf(entity), dependents));
  const { changeId } = await tracker.delete(kind, entity.id, { cascade });
  // Not awaited: the notification may stand there for long, and the command is done.
  void context.guard('dtm.undoDelete', () => offerUndo(context, chosen, changeId));
}

function cascadeQuestion(name: string, { sprints, tasks }: Dependents) {
  return {
    message: l10n.t('Delete “{0}” with everything in it?', name),
    detail: l10n.t('Deleted with it: {0}, {1}.', countText('sprint', sprints.length), countText('task', tasks.length)),
    action: l10n.t('Delete All'),
    isGrave: true,
  };
}

async function offerUndo(context: CommandContext, chosen: Chosen, changeId: string | undefined): Promise<void> {
  const undo = l10n.t('Undo');
  const what = l10n.t('Deleted {0} “{1}”.', kindText(chosen.kind), labelOf(chosen.entity));
  if ((await context.person.inform(what, undo)) === undo) await undoChange(context, changeId);
}
