import { l10n } from 'vscode';
import { chooseEntity } from './chooseEntity.ts';
import type { CommandContext } from './commandContext.ts';
import type { CommandTable } from './commandTable.ts';
import { deleteEntity } from './deleteCommand.ts';
import { editEntity } from './editCommand.ts';

type EntityCommands = Pick<CommandTable, 'dtm.edit' | 'dtm.delete' | 'dtm.copyId'>;

export function entityCommands(context: CommandContext): EntityCommands {
  return {
    'dtm.edit': (target) => editEntity(context, target),
    'dtm.delete': (target) => deleteEntity(context, target),
    'dtm.copyId': async (target) => {
      const { tracker } = await context.host.ready();
      const options = { kinds: ['task', 'sprint', 'project'] as const, title: l10n.t('Copy ID') };
      const { entity } = await chooseEntity(tracker, context.person, target, options);
      await context.person.copy(entity.id);
    },
  };
}
