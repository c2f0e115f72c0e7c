import { l10n } from 'vscode';
import type { AppHost } from '../appHost.ts';
import type { CommandId } from '../commands/commandTable.ts';
import type { Person } from '../prompts/person.ts';
import { sensibleActions } from './actions.ts';
import { statusLook } from './connectionText.ts';

/** What a click on the status-bar item offers. @returns the command that was chosen */
export async function chooseAction(host: AppHost, person: Person, isServerRunning: boolean): Promise<CommandId> {
  const choices = sensibleActions(host.state, isServerRunning).map(({ id, label, icon }) => ({
    label,
    icon,
    value: id,
  }));
  return person.pick({
    title: l10n.t('DTM: {0}', statusLook(host.state).words),
    placeholder: l10n.t('Do now'),
    choices,
  });
}
