import { l10n } from 'vscode';
import type { UndoableChange } from '../../app/undoHistory.ts';
import { kindOfId } from '../../core/ids.ts';
import type { CommandContext } from '../commands/commandContext.ts';
import type { CommandTable } from '../commands/commandTable.ts';
import { actText } from './actText.ts';

/** Taking back what was changed in this window, the last change first. */
export function undoCommands(context: CommandContext): Pick<CommandTable, 'dtm.undo' | 'dtm.redo'> {
  return { 'dtm.undo': () => undoLast(context), 'dtm.redo': () => redo(context) };
}

async function undoLast(context: CommandContext): Promise<void> {
  const { undo } = await context.host.ready();
  if (undo.undoable) await undoChange(context, undefined);
  else context.person.note(l10n.t('There is nothing to undo in this window.'));
}

/** Takes back the change that is named, or the last one, and says which that was. */
export async function undoChange(context: CommandContext, changeId: string | undefined): Promise<void> {
  const { undo } = await context.host.ready();
  const change = await undo.undo(changeId);
  await tell(context, change, l10n.t('Undid: {0}', actText(change.act)));
}

async function redo(context: CommandContext): Promise<void> {
  const { undo } = await context.host.ready();
  if (!undo.redoable) return context.person.note(l10n.t('There is nothing to redo in this window.'));
  const change = await undo.redo();
  await tell(context, change, l10n.t('Redid: {0}', actText(change.act)));
}

/** The trees show what became of it, where it still is; a notification for each would pile up. */
async function tell(context: CommandContext, { act }: UndoableChange, message: string): Promise<void> {
  context.person.note(message);
  const kind = kindOfId(act.id);
  const { tracker } = await context.host.ready();
  if (kind && tracker.get(kind, act.id)) await context.reveal(kind, act.id);
}
